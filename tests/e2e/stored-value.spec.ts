// Prepaid money at the till: spent while the hub answers, and without it only on the one device that holds the right.
import { allSynced } from './desk';
import { joined, ownerWithHub, register, waits } from './faults';
import { axeInBothThemes, expect, keptForOffline, picture, test } from './helper';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

const BALANCE = w.say('payments.tender_stored_value');

/** Puts a plan on sale that pays in 1,000 and gives 200 on top. */
async function offerBalance(page: Page): Promise<void> {
  await page.goto('/settings/plans');
  await page.getByRole('button', { name: w.say('plans.add') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: w.like('plans.name') }).fill('Prepaid');
  await dialog.getByRole('textbox', { name: w.like('plans.price') }).fill('1000');
  await dialog.getByRole('radio', { name: w.like('plans.kind_stored_value') }).check();
  await dialog.getByRole('textbox', { name: w.like('plans.principal') }).fill('1000');
  await dialog.getByRole('textbox', { name: w.like('plans.gift') }).fill('200');
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(dialog).toBeHidden();
}

/** Somebody who paid in; says whose file it is. */
async function saver(page: Page, name: string): Promise<string> {
  await register(page, name);
  const member = page.url().split('/members/')[1]!.split(/[/?]/)[0]!;
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /Prepaid/ }).check();
  await page.getByRole('radio', { name: w.say('payments.tender_cash') }).check();
  await sell(page);
  return member;
}

function purse(page: Page): Locator {
  return page.getByTestId('purse');
}

async function sell(page: Page): Promise<void> {
  await page.getByRole('button', { name: w.like('passes.do_sell') }).click();
  await expect(page.getByTestId('sold')).toBeVisible();
}

/** Opens the sale of a single visit for 300. */
async function openSale(page: Page, member: string): Promise<Locator> {
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /Single visit/ }).check();
  return page.getByRole('radio', { name: BALANCE, exact: true });
}

async function hasLeft(page: Page, member: string, amount: string): Promise<void> {
  await page.goto(`/members/${member}`);
  await expect(page.getByText(new RegExp(`Prepaid: \\D*${amount}`)).first()).toBeVisible();
}

/** Lets one device spend offline. */
async function allow(page: Page): Promise<void> {
  await page.goto('/settings/balance');
  const worst = page.getByTestId('worst');
  await expect(worst).toContainText(w.say('balance.worst_none'));
  await page.getByRole('checkbox', { name: w.say('balance.allowed') }).check();
  await page.getByRole('textbox', { name: w.say('balance.member_cap') }).fill('1200');
  await page.getByRole('textbox', { name: w.say('balance.device_cap') }).fill('1000');
  await expect(page.getByText(w.say('balance.caps_bad'))).toBeVisible();
  await page.getByRole('textbox', { name: w.say('balance.device_cap') }).fill('2000');
  await expect(worst).toContainText('2,000');
  await axeInBothThemes(page);
  await page.getByRole('button', { name: w.say('common.save'), exact: true }).click();
  await expect(page.getByText(w.say('balance.saved'))).toBeVisible();
  await allSynced(page);
}

test('balance pays while the hub answers, all of a bill or a part of it', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await offerBalance(page);
  const member = await saver(page, 'Ada Wong');
  await allSynced(page);

  const balance = await openSale(page, member);
  await expect(purse(page)).toContainText(/1,200.*1,000.*200/);
  await balance.check();
  await expect(purse(page)).toContainText(/300/);
  await axeInBothThemes(page);
  await picture(page, 'till-balance');
  await sell(page);
  await allSynced(page);
  await hasLeft(second, member, '900');

  // The second tablet takes all of the rest, and what is missing in cash.
  await second.goto(`/sell/${member}`);
  await second.getByRole('radio', { name: /Month/ }).check();
  await second.getByRole('switch', { name: w.say('passes.split') }).check();
  await second.getByRole('textbox', { name: BALANCE }).fill('1000');
  await expect(purse(second)).toContainText(w.say('balance.too_little', { amount: '$900' }));
  await second.getByRole('textbox', { name: BALANCE }).fill('900');
  await expect(purse(second)).toContainText(/700.*200/);
  await second.getByRole('textbox', { name: w.say('payments.tender_cash') }).fill('400');
  await sell(second);
  await allSynced(second);

  // 200 stay owed, and there is no balance left to pay them with.
  await page.goto(`/pay/${member}`);
  await expect(page.getByRole('radio', { name: w.say('payments.tender_cash') })).toBeVisible();
  await expect(page.getByRole('radio', { name: BALANCE, exact: true })).toHaveCount(0);
});

test('what is owed is paid with balance and the rest otherwise', async ({ page, hub }) => {
  await ownerWithHub(page, hub);
  await offerBalance(page);
  const member = await saver(page, 'Ada Wong');
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /Month/ }).check();
  await page.getByRole('switch', { name: w.say('passes.split') }).check();
  await sell(page);
  await allSynced(page);

  await page.goto(`/pay/${member}`);
  await page.getByRole('radio', { name: BALANCE, exact: true }).check();
  await expect(purse(page)).toContainText(/1,000.*200/);
  await expect(page.getByText(w.say('balance.rest_with', { amount: '$300' }))).toBeVisible();
  await axeInBothThemes(page);
  await page.getByRole('button', { name: w.like('payments.take_do') }).click();
  await expect(page).toHaveURL(/\/receipts\//);
  await expect(page.getByRole('main')).toContainText(BALANCE);
  await allSynced(page);
  await hasLeft(page, member, '0');
});

test('without the hub only the device that holds the right spends balance, and nobody spends it twice', async ({ page, context, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await offerBalance(page);
  const member = await saver(page, 'Ada Wong');
  await allSynced(page);
  await keptForOffline(page);

  // Off by default: in sight, not to be pressed, and a sentence says what to do.
  await context.setOffline(true);
  let balance = await openSale(page, member);
  await expect(purse(page)).toContainText(w.say('balance.offline_off'));
  await expect(balance).toBeDisabled();
  await axeInBothThemes(page);
  await context.setOffline(false);
  await allSynced(page);

  await allow(page);
  await context.setOffline(true);
  balance = await openSale(page, member);
  await expect(purse(page)).toContainText(w.say('balance.no_lease'));
  await context.setOffline(false);
  await allSynced(page);

  await page.goto('/settings/balance');
  const right = page.getByTestId('right');
  await right.getByRole('button', { name: w.say('balance.take') }).click();
  await expect(right).toContainText(w.like('balance.held'));
  await axeInBothThemes(page);
  await picture(page, 'settings-balance');
  await second.goto('/settings/balance');
  await expect(second.getByTestId('right')).toContainText(w.like('balance.others'));

  // The network goes; what it holds it spends.
  await context.setOffline(true);
  balance = await openSale(page, member);
  await balance.check();
  await sell(page);
  await waits(page, 1);

  // Meanwhile the same money cannot be spent on the other tablet, which has not even heard.
  const elsewhere = await openSale(second, member);
  await expect(purse(second)).toContainText(w.say('balance.kept_elsewhere_all'));
  await expect(elsewhere).toBeDisabled();

  await context.setOffline(false);
  await allSynced(page);
  for (const one of [page, second]) await hasLeft(one, member, '900');

  // Given back, it is everybody's again.
  await page.goto('/settings/balance');
  await right.getByRole('button', { name: w.say('balance.give_back') }).click();
  await expect(right).toContainText(w.say('balance.none'));
  await allSynced(page);
  await (await openSale(second, member)).check();
  await sell(second);
  await allSynced(second);
  for (const one of [page, second]) await hasLeft(one, member, '600');
  await page.goto('/needs-you');
  await expect(page.getByText(w.like('payments.odd_stored_value_overdrawn'))).toHaveCount(0);
});

test('an owner takes the right away from a device, and is told what that can cost', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await allow(page);
  await second.goto('/settings/balance');
  await second.getByTestId('right').getByRole('button', { name: w.say('balance.take') }).click();
  await expect(second.getByTestId('right')).toContainText(w.like('balance.held'));
  await allSynced(second);

  const right = page.getByTestId('right');
  await expect(right).toContainText(w.like('balance.others'));
  await expect(right).toContainText(w.say('balance.release_note', { amount: '$2,000' }));
  await axeInBothThemes(page);
  await right.getByRole('button', { name: w.say('balance.release') }).click();
  await expect(right).toContainText(w.say('balance.none'));
  await allSynced(page);
  await expect(second.getByTestId('right')).toContainText(w.say('balance.none'));
});
