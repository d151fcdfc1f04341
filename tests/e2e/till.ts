// What journeys at the door have in common: somebody is written down, buys a pass, and has a card.
import { expect, type Page } from '@playwright/test';


/** Writes somebody down; the id of their file. */
export async function register(page: Page, name: string, phone = ''): Promise<string> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name( required)?$/ }).fill(name);
  if (phone) await page.getByLabel('Phone', { exact: true }).fill(phone);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
  return page.url().split('/members/')[1].split(/[/?]/)[0];
}

/** Sells a plan of the catalogue for cash; the number of the card that comes with it. */
export async function sell(page: Page, member: string, plan: RegExp): Promise<string> {
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: plan }).check();
  await page.getByRole('radio', { name: 'Cash' }).check();
  await page.getByRole('button', { name: /^Sell for/ }).click();
  await expect(page.getByTestId('sold')).toBeVisible();
  return (await page.getByTestId('card-number').textContent()) ?? '';
}

/** What a USB scanner does: types fast, wherever the focus is, and ends with a key. */
export async function scan(page: Page, code: string, end = 'Enter'): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press(end);
}
