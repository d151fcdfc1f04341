// A device is lost and its backup file is not: the file opens on another one, with what had not reached the hub.
import type { Page } from '@playwright/test';

import { claimHub, foundStudio } from './desk';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';

const PASSPHRASE = 'correct horse battery';

async function register(page: Page, name: string): Promise<void> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

async function saveBackup(page: Page): Promise<string> {
  await page.goto('/settings/backup');
  await page.getByLabel('Passphrase', { exact: false }).first().fill(PASSPHRASE);
  await page.getByLabel('The same passphrase again').fill(PASSPHRASE);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the backup file' }).click();
  return (await download).path();
}

async function chooseFile(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: /Open a backup file/ }).click();
  await page.locator('input[type=file]').setInputFiles(file);
}

test('a backup file opens on another device, with what had not reached the hub', async ({ page, context, hub, openDevice }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await claimHub(page, await hub.claimCode());
  await keptForOffline(page);
  // Right after the claim the device reads everything back from its hub; without a network it would wait for that.
  await page.goto('/members');
  await expect(page.getByText('Chen Wei')).toBeVisible();
  await context.setOffline(true);
  await register(page, 'He Jing');
  const file = await saveBackup(page);

  const other = await openDevice();
  await chooseFile(other, file);
  await other.getByRole('button', { name: 'Look inside' }).click();
  await expect(other.getByText('Please enter the passphrase.')).toBeVisible();
  await other.getByLabel('Passphrase', { exact: false }).fill('wrong horse');
  await other.getByRole('button', { name: 'Look inside' }).click();
  await expect(other.getByText(/The passphrase does not open this file/)).toBeVisible();
  await other.getByLabel('Passphrase', { exact: false }).fill(PASSPHRASE);
  await other.getByRole('button', { name: 'Look inside' }).click();
  await expect(other.getByTestId('backup-inside')).toContainText('River Gym');
  await expect(other.getByText('1 change had not reached the hub. It is taken over.')).toBeVisible();
  await axeInBothThemes(other);

  await other.getByRole('button', { name: 'Open this studio here' }).click();
  await expect(other.locator('.rail__name')).toHaveText('River Gym');
  await other.goto('/members');
  await expect(other.getByText('2 members')).toBeVisible();
  await other.getByLabel('Find a member').fill('He Jing');
  await other.getByRole('option', { name: /He Jing/ }).click();

  // Numbers counted here begin with letters that no device had before.
  await other.goto(`/sell/${other.url().split('/members/')[1].split(/[/?]/)[0]}`);
  await other.getByRole('radio', { name: /10 visits/ }).check();
  await other.getByRole('radio', { name: 'Cash' }).check();
  await other.getByRole('button', { name: /^Sell for/ }).click();
  await expect(other.getByRole('link', { name: /^Receipt C-000001/ })).toBeVisible();
  await other.reload();
  await expect(other.locator('.rail__name')).toHaveText('River Gym');
});

test('a file that is no backup, or half of one, is answered in a sentence', async ({ page }) => {
  const named = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await chooseFile(page, named('members.csv', 'Name,Phone\nChen Wei,0912\n'));
  await expect(page.getByText(/This is no Rollcall backup/)).toBeVisible();
  await page.locator('input[type=file]').setInputFiles(named('newer.ndjson', '{"rollcall_backup":99}\n'));
  await expect(page.getByText(/saved by a newer version/)).toBeVisible();
  await page.locator('input[type=file]').setInputFiles(named('empty.ndjson', ''));
  await expect(page.getByText(/damaged or not complete/)).toBeVisible();
  await axeInBothThemes(page);
});
