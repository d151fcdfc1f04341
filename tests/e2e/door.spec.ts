// The front desk's hour: a pass is sold for cash, a card is handed out, people come in, and nothing needs the network.
import type { Page } from '@playwright/test';

import { foundStudio } from './desk';
import { axe, axeInBothThemes, expect, keptForOffline, test } from './helper';

async function register(page: Page, name: string): Promise<string> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name( required)?$/ }).fill(name);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
  return page.url().split('/members/')[1].split(/[/?]/)[0];
}

/** Sells a plan of the catalogue for cash, from the address of the till. */
async function sell(page: Page, member: string, plan: RegExp): Promise<void> {
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: plan }).check();
  await page.getByRole('radio', { name: 'Cash' }).check();
  await page.getByRole('button', { name: /^Sell for/ }).click();
  await expect(page.getByTestId('sold')).toBeVisible();
}

async function toDoor(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main areas' }).getByRole('link', { name: 'Check-in' }).click();
  await expect(page.getByTestId('scan')).toBeFocused();
}

/** What a USB scanner does: types fast, wherever the focus is, and ends with Enter. */
async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}

test('a ten-visit pass is sold for cash and spent at the door, with no network', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  await keptForOffline(page);
  await context.setOffline(true);
  const member = await register(page, 'Zhang Jiamin');

  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /10 visits/ }).check();
  await page.getByLabel('Cash handed over').fill('3000');
  await expect(page.getByTestId('change')).toHaveText(/Change/);
  await axeInBothThemes(page);
  // Pressed twice, sold once: the intent is the same.
  await page.getByRole('button', { name: /^Sell for/ }).dblclick();
  await expect(page.getByTestId('sold')).toContainText('10 visits');
  const card = (await page.getByTestId('card-number').textContent()) ?? '';
  expect(card).toMatch(/^\d{10,}$/);

  await page.getByRole('link', { name: /^Receipt/ }).click();
  await expect(page.getByTestId('receipt')).toContainText('Zhang Jiamin');
  await expect(page.getByTestId('receipt')).toContainText('Handed over');

  await toDoor(page);
  await scan(page, card);
  const answer = page.getByTestId('answer');
  await expect(answer).toHaveAttribute('data-light', 'ok');
  await expect(answer.getByTestId('who')).toHaveText('Zhang Jiamin');
  await expect(answer.getByTestId('left')).toHaveText('10 → 9');
  await axe(page);
  // The field has the focus and is empty: Enter confirms what is shown.
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('arrivals')).toContainText('10 → 9');
  await expect(answer).toHaveCount(0);

  await page.reload();
  await expect(page.getByTestId('arrivals')).toContainText('Zhang Jiamin');

  // A second scan of the same visit spends nothing.
  await scan(page, card);
  await expect(answer).toHaveAttribute('data-light', 'warn');
  await expect(answer).toContainText('Here since');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('arrivals')).toContainText('scanned again 1 time');

  await page.goto(`/members/${member}`);
  await expect(page.getByTestId('answers')).toContainText('9 visits left');
});

test('a check-in is undone, and the visit is back', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'He Jing');
  await sell(page, member, /10 visits/);
  await page.getByRole('link', { name: 'Check in now' }).click();
  await page.getByTestId('check-in').click();
  await expect(page.getByTestId('arrivals')).toContainText('10 → 9');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect(page.getByText('taken back')).toBeVisible();
  await expect(page.getByTestId('arrivals')).not.toContainText('He Jing');
  await page.goto(`/members/${member}`);
  await expect(page.getByTestId('answers')).toContainText('10 visits left');
});

test('somebody without a pass is red, and let in only with a reason', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Ma Wei');
  await toDoor(page);
  await page.keyboard.type('ma');
  await expect(page.getByRole('option', { name: /Ma Wei/ })).toBeVisible();
  await page.keyboard.press('Enter');
  const answer = page.getByTestId('answer');
  await expect(answer).toHaveAttribute('data-light', 'stop');
  await expect(answer).toContainText('No pass yet');
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Let in with a reason' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Let in with a reason' }).click();
  await expect(dialog.getByText('Say why in a few words.')).toBeVisible();
  await dialog.getByRole('button', { name: 'pays today' }).click();
  await dialog.getByRole('button', { name: 'Let in with a reason' }).click();
  await expect(page.getByTestId('arrivals')).toContainText('let in: pays today');
});

test('codes that lead nowhere say which kind of nowhere', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await toDoor(page);
  await scan(page, 'RC1:0010001236-0000');
  await expect(page.getByText('another club')).toBeVisible();
  await scan(page, '0010001239');
  await expect(page.getByText('A digit of 0010001239 is wrong')).toBeVisible();
  await scan(page, 'Nobody Here');
  await expect(page.getByText('Nobody found for “Nobody Here”.')).toBeVisible();
});

test('a sale is reversed with a reason, as a receipt of its own', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'Tang Ning');
  await sell(page, member, /Month/);
  await page.getByRole('link', { name: /^Receipt/ }).click();
  await page.getByRole('button', { name: 'Reverse' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('wrong person');
  await dialog.getByRole('button', { name: 'Reverse' }).click();
  await expect(page.getByTestId('receipt')).toContainText('Takes back receipt');
  await expect(page.getByTestId('receipt')).toContainText('wrong person');
  await page.goto(`/members/${member}`);
  await expect(page.getByTestId('answers')).toContainText('Has no pass yet');
});

test('a part payment is owed, shown at the door, and paid later', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'Lin Yue');
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /Quarter/ }).check();
  await page.getByLabel('Several ways').check();
  await page.getByLabel('Cash', { exact: true }).fill('100');
  await expect(page.getByText('stays owed')).toBeVisible();
  await page.getByRole('button', { name: /^Sell for/ }).click();
  await page.getByRole('link', { name: 'Check in now' }).click();
  await expect(page.getByTestId('answer')).toContainText('Still owes');
  await page.getByTestId('answer').getByRole('link', { name: /^Take/ }).click();
  await page.getByRole('button', { name: /^Take/ }).click();
  await expect(page.getByTestId('receipt')).toContainText('Amount owed');
  await page.goto(`/check-in?member=${member}`);
  await expect(page.getByTestId('answer')).toHaveAttribute('data-light', 'ok');
});

test('the owner offers, changes and retires a plan', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/settings/plans');
  await page.getByRole('button', { name: 'New plan' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Early bird');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('The price must lie between')).toBeVisible();
  await dialog.getByLabel('Price').fill('180');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Early bird', { exact: true })).toBeVisible();
  await axeInBothThemes(page);
  const row = page.getByRole('listitem').filter({ hasText: 'Early bird' });
  await row.getByRole('button', { name: 'Take off sale' }).click();
  await expect(page.getByRole('heading', { name: 'Taken off sale' })).toBeVisible();
});

test('a lost card is dead and the new one keeps everything', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'Wu Lei');
  await sell(page, member, /Month/);
  const lost = (await page.getByTestId('card-number').textContent()) ?? '';
  await page.goto(`/card/${member}`);
  await expect(page.getByTestId('card-face')).toContainText(lost);
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Lost or replaced' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the card' }).click();
  await expect(page.getByTestId('card-face')).not.toContainText(lost);
  await toDoor(page);
  await scan(page, lost);
  await expect(page.getByTestId('answer')).toContainText('reported lost');
});
