// Members, as the desk meets them: registered, found, edited, archived, and brought along from an old list.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { foundStudio } from './desk';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'domain', 'src', 'import', 'fixtures');

/** Opens the list through the rail, as one does. */
async function toMembers(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main areas' }).getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
}

/** Publishes terms, so that there is something to sign. */
async function publishTerms(page: Page): Promise<void> {
  await page.goto('/settings/terms');
  await page.getByLabel('Title').fill('Terms of the River Gym');
  await page.getByLabel('Fees').fill('1200 a month');
  await page.getByLabel('Services').fill('The hall, the showers, two classes a week');
  await page.getByLabel('Refunds').fill('Unused days are paid back in proportion');
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText(/Version 1, published/)).toBeVisible();
}

async function register(page: Page, name: string, phone?: string): Promise<void> {
  await page.goto('/members/new');
  await page.getByLabel(/^Name/).fill(name);
  if (phone) await page.getByLabel('Phone', { exact: true }).fill(phone);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

test('an empty list says how to begin', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await toMembers(page);
  await expect(page.getByText('No members yet')).toBeVisible();
  await axeInBothThemes(page);
});

test('somebody is registered with a signature, offline, and is there after a reload', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  await publishTerms(page);
  await keptForOffline(page);
  await context.setOffline(true);
  await page.goto('/members/new');
  await page.getByLabel(/^Name/).fill('張三');
  await page.getByLabel('Phone', { exact: true }).fill('0912-345-678');
  await page.getByLabel('Birth date').fill('1990-05-01');
  await page.getByLabel('Injuries').fill('left knee');
  const pad = page.locator('.sign__canvas');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error('no pad to sign on');
  await page.mouse.move(box.x + 40, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 70, { steps: 8 });
  await page.mouse.up();
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Register', exact: true }).dblclick();

  await expect(page.getByTestId('member-name')).toHaveText('張三');
  await expect(page.getByTestId('answers')).toContainText('left knee');
  await expect(page.getByTestId('answers')).not.toContainText('Has not signed');
  await expect(page.getByTestId('history')).toContainText('signed version 1');
  await page.reload();
  await expect(page.getByTestId('member-name')).toHaveText('張三');
  await axeInBothThemes(page);
});

test('a member is found by pinyin, initials, the other script and the tail of the phone', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, '張三', '0912-345-678');
  await register(page, '曾國強');
  await register(page, '欧阳·阿卜杜勒-热合曼 伊斯马伊力');
  await toMembers(page);
  const list = page.getByRole('listbox', { name: 'Members by name' });
  for (const [typed, name] of [['zhangsan', '張三'], ['zs', '張三'], ['张', '張三'], ['678', '張三'], ['zeng', '曾國強'], ['ouyang', '欧阳']] as const) {
    await page.getByLabel('Find a member').fill(typed);
    await expect(list.getByRole('option')).toHaveCount(1);
    await expect(list.getByRole('option')).toContainText(name);
  }
  await page.getByLabel('Find a member').fill('nobody at all');
  await expect(page.getByRole('link', { name: 'Register “nobody at all”' })).toBeVisible();
});

test('what is wrong stands beside its field', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/new');
  await page.getByLabel('Phone', { exact: true }).fill('12');
  await page.getByLabel('E-mail').fill('nobody');
  await expect(page.getByText('Not a phone number. Count the digits.')).toBeVisible();
  await page.getByLabel('Number', { exact: true }).fill('A123456788');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByText('Not an e-mail address, such as ann@example.com.')).toBeVisible();
  await expect(page.getByText('The check digit does not fit: one digit is mistyped.')).toBeVisible();
  await expect(page.getByText('This is needed.')).toBeVisible();
  await axeInBothThemes(page);
});

test('a resident id fills birth date and sex, and its number stays masked until a reason is given', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/new');
  await page.getByLabel(/^Name/).fill('Wang Fang');
  await page.getByLabel('Number', { exact: true }).fill('11010519491231002X');
  await expect(page.getByLabel('Sex').locator('option:checked')).toHaveText('Female');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('document-number')).toHaveText('••••••••••••••002X');
  await page.getByRole('button', { name: 'Show the number' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Show the number' }).click();
  await expect(page.getByTestId('document-number')).toHaveText('11010519491231002X');
  await expect(page.getByTestId('history')).toContainText('looked at a document number');
});

test('a child needs a guardian', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/new');
  await page.getByLabel(/^Name/).fill('Little Lin');
  await page.getByLabel('Birth date').fill('2015-05-01');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByText(/add a guardian below/)).toBeVisible();
  await page.getByLabel(/Guardian’s name/).fill('Lin Yue');
  await page.getByLabel(/Guardian’s phone/).fill('0912 345 678');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('answers')).toContainText('Lin Yue signs');
});

test('somebody who is here already is shown while typing, and “different” is an answer', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Lin Yue', '0912 345 678');
  await page.goto('/members/new');
  await page.getByLabel(/^Name/).fill('Lin Hai');
  await page.getByLabel('Phone', { exact: true }).fill('0912345678');
  await expect(page.getByText('Perhaps already here')).toBeVisible();
  await expect(page.getByText('same phone')).toBeVisible();
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByText('Is it one of them?')).toBeVisible();
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'A different person' }).click();
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText('Lin Hai');
  await page.goto('/needs-you');
  await expect(page.getByText(/may be/)).toHaveCount(0);
});

test('a draft survives a reload', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/new');
  await page.getByLabel(/^Name/).fill('Half Typed');
  await page.reload();
  await expect(page.getByText('Your draft is back.')).toBeVisible();
  await expect(page.getByLabel(/^Name/)).toHaveValue('Half Typed');
});

test('a file is edited, archived, brought back by undo, and its history says so', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Ann Lee', '0912 345 678');
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Phone', { exact: true }).fill('0922 333 444');
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('link', { name: '0922333444' })).toBeVisible();
  await expect(page.getByTestId('history')).toContainText('phone (was “0912345678”)');
  await page.getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByText('Archived: off the lists, nothing lost.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Archived: off the lists, nothing lost.')).toBeHidden();
});

test('a list in GB18030 is looked at, corrected, imported with a reason per bad row, and taken back', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/import');
  await axeInBothThemes(page);
  await page.getByLabel('Choose a file').setInputFiles(join(FIXTURES, 'desk-gb18030.csv'));
  await expect(page.getByLabel('Encoding').locator('option:checked')).toHaveText('GB18030 (mainland)');
  await expect(page.getByLabel('“姓名” is').locator('option:checked')).toHaveText('Name');
  await expect(page.getByLabel('“剩余次数” is').locator('option:checked')).toHaveText('Visits left');
  await expect(page.getByTestId('ready')).toContainText('3 people can be imported');
  await expect(page.getByTestId('bad')).toContainText('3 rows are left out');
  await expect(page.getByText('Line 5')).toBeVisible();
  await expect(page.getByText('Birth date “1990-13-01”: no such day')).toBeVisible();
  await axeInBothThemes(page);

  await page.getByRole('button', { name: 'Import 3 people' }).click();
  const result = page.getByTestId('import-result');
  await expect(result).toContainText('3 people are on the list now');
  await axeInBothThemes(page);
  await page.getByRole('link', { name: 'To the members' }).click();
  await page.getByLabel('Find a member').fill('zs');
  await expect(page.getByRole('option')).toContainText('张三');
  await expect(page.getByRole('option')).toContainText('8');

  await page.goto('/members/import');
  await page.getByText(/desk-gb18030.csv/).click();
  await page.getByRole('button', { name: 'Take the import back' }).click();
  await expect(result).toContainText('Taken back: 3 people are archived');
});

test('a date that could be two days is asked, and a wrong encoding can be changed', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/import');
  const csv = 'Name,Birthday\nAnn Lee,03/02/1990\nBo Li,05/06/1991\n';
  await page.getByLabel('Choose a file').setInputFiles({ name: 'two.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await expect(page.getByText('Every date fits both orders. Which one is it?')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import 2 people' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel(/month first/).check();
  await page.getByRole('button', { name: 'Import 2 people' }).click();
  await expect(page.getByTestId('import-result')).toContainText('2 people are on the list now');

  await page.getByRole('button', { name: 'Another file' }).click();
  const big5 = readFileSync(join(FIXTURES, 'desk-big5.csv'));
  await page.getByLabel('Choose a file').setInputFiles({ name: 'big5.csv', mimeType: 'text/csv', buffer: big5 });
  await expect(page.getByLabel('“姓名” is')).toBeVisible();
  await page.getByLabel('Encoding').selectOption({ label: 'GB18030 (mainland)' });
  await expect(page.getByLabel('“姓名” is')).toHaveCount(0);
  await page.getByLabel('Encoding').selectOption({ label: 'Big5 (Taiwan, Hong Kong)' });
  await expect(page.getByTestId('ready')).toContainText('2 people');
});

test('what is no list is refused in words', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/members/import');
  const file = page.getByLabel('Choose a file');
  await file.setInputFiles({ name: 'book.xlsx', mimeType: 'text/csv', buffer: Buffer.from('PK\u0003\u0004rest') });
  await expect(page.getByText(/This is no text file/)).toBeVisible();
  await page.getByLabel('Another file').setInputFiles({ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.from('') });
  await expect(page.getByText('The file is empty.')).toBeVisible();
});
