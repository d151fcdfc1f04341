// What nobody means to type and somebody does: every field of the application and the list from elsewhere get what no
// form expects. Each is answered in a sentence, nothing runs, nothing is lost, the app goes on.
import type { Locator, Page } from '@playwright/test';

import { foundStudio } from './desk';
import { expect, test } from './helper';

const LONG = '長'.repeat(5_000);
const TEXTS = [
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>',
  "'); DROP TABLE members; --",
  '\u202Eright to left\u202C and a zero\u200Bwidth',
  '👩‍👩‍👧‍👦'.repeat(40),
  LONG,
];

async function newStudio(page: Page): Promise<void> {
  await page.goto('/');
  await foundStudio(page);
}

/** Puts a text into a field the way no keyboard does: past its length and its kind. */
async function force(field: Locator, text: string): Promise<void> {
  await field.evaluate((node, value) => {
    const input = node as HTMLInputElement | HTMLTextAreaElement;
    const owner = input instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(owner.prototype, 'value')?.set?.call(input, value);
    for (const kind of ['input', 'change', 'blur']) input.dispatchEvent(new Event(kind, { bubbles: true }));
  }, text);
}

async function alive(page: Page): Promise<void> {
  await expect(page).not.toHaveTitle('owned');
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
}

test('every field of the application answers nonsense in words', async ({ page }) => {
  await newStudio(page);
  for (const text of TEXTS) {
    await page.goto('/members/new');
    await page.getByRole('textbox', { name: /^Name/ }).waitFor();
    const fields = page.locator('main :is(input:not([type=file], [type=checkbox], [type=radio], [type=search]), textarea):visible');
    for (const field of await fields.all()) await force(field, text);
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    // A phone number of such letters stands beside its field, so the form is still there with everything in it.
    await expect(page.locator('.field__error').filter({ visible: true }).first()).toBeVisible();
    await alive(page);
  }
  await page.reload();
  await alive(page);
  await page.goto('/members');
  await expect(page.getByText('No members yet')).toBeVisible();
});

test('a name is kept as it was typed, also when it looks like markup', async ({ page }) => {
  await newStudio(page);
  for (const [n, text] of TEXTS.slice(0, 2).entries()) {
    await page.goto('/members/new');
    await page.getByRole('textbox', { name: /^Name/ }).fill(text.slice(0, 60));
    await page.getByLabel('Phone', { exact: true }).fill(`09120000${n}0`);
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await expect(page.getByTestId('member-name')).toHaveText(text.slice(0, 60));
    await alive(page);
  }
});

test('numbers out of every measure are refused beside their field', async ({ page }) => {
  await newStudio(page);
  await page.goto('/settings/plans');
  for (const price of ['-1', '1e9', '٣', '99999999999999999999', '1.2.3', 'NaN']) {
    await page.getByRole('button', { name: 'New plan' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: false }).first().fill('Evenings');
    await force(dialog.getByLabel('Price', { exact: false }).first(), price);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.locator('.field__error').filter({ visible: true }).first()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
  await alive(page);
});

const FILES: [what: string, bytes: Buffer][] = [
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0xff, 0xfe, 0])],
  ['nothing', Buffer.alloc(0)],
  ['one line without an end', Buffer.from('x'.repeat(300_000))],
  ['an open quotation mark', Buffer.from('Name,Phone\n"Chen Wei,0912\n'.repeat(50))],
  ['broken UTF-16', Buffer.from('\uFEFFName,Phone\n王', 'utf16le').subarray(0, 21)],
];

test('a list that is no list is answered in words, and the good rows of a bad one come along', async ({ page }) => {
  await newStudio(page);
  for (const [what, buffer] of FILES) {
    await page.goto('/members/import');
    await page.getByLabel('Choose a file').setInputFiles({ name: `${what}.csv`, mimeType: 'text/csv', buffer });
    // Either a sentence about the file, or about its rows: never silence, never a halt.
    const sentence = page.getByText('Say which column holds the names.');
    await expect(page.getByRole('alert').or(page.getByTestId('bad')).or(sentence).first()).toBeVisible();
    await alive(page);
  }
  await page.goto('/members/import');
  const rows = ['Name,Phone,Birthday', `${TEXTS[0].replaceAll('"', "'")},0912000001,1990-01-01`, `${LONG},0912000002,1990-01-01`, 'Chen Wei,0912000003,1990-01-01'];
  const buffer = Buffer.from(`${rows.join('\r\n')}\r\n`);
  await page.getByLabel('Choose a file').setInputFiles({ name: 'mixed.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: /^Import \d/ }).click();
  await expect(page.getByTestId('import-result')).toBeVisible();
  await page.goto('/members');
  await page.getByLabel('Find a member').fill('Chen Wei');
  await expect(page.getByRole('option', { name: /Chen Wei/ })).toBeVisible();
  await alive(page);
});
