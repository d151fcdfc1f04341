// The network comes and goes, and so does the hub: the screen says which, work goes on, and what waits goes up by itself.
import { allSynced, claimHub, foundStudio } from './desk';
import { expect, keptForOffline, test } from './helper';

const renamed = async (page: import('@playwright/test').Page, name: string): Promise<void> => {
  await page.getByRole('link', { name: /^Studio/ }).click();
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('.rail__name')).toHaveText(name);
};

test('a studio is opened with the network cut right after the first load', async ({ page, context }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How would you like to begin?');
  await keptForOffline(page);
  await context.setOffline(true);
  await foundStudio(page, { name: 'River Gym' });
  await page.reload();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
  await expect(page.getByTestId('sync')).toContainText('Saved on this device');
  await page.goto('/settings/hub');
  await expect(page.getByText(/is no hub, or cannot be reached now/)).toBeVisible();
});

test('the hub stops and comes back: what waits is counted, kept over a reload, and sent', async ({ page, hub, trouble }) => {
  trouble.allow(/status of 50\d|ERR_/);
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  await allSynced(page);
  await keptForOffline(page);

  await hub.pause();
  await page.goto('/settings/studio');
  await renamed(page, 'River Gym East');
  await expect(page.getByTestId('sync')).toContainText(/Working from this device since \d\d:\d\d/);
  await expect(page.getByTestId('sync')).toContainText('1 to send');
  expect(await page.evaluate(() => localStorage.getItem('rollcall.waiting'))).toBe('1');
  await page.reload();
  await expect(page.locator('.rail__name')).toHaveText('River Gym East');
  await expect(page.getByTestId('sync')).toContainText('1 to send');

  await hub.resume();
  await page.goto('/settings/hub');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await allSynced(page);
  expect(await page.evaluate(() => localStorage.getItem('rollcall.waiting'))).toBe('0');
});

test('two tabs of one device show the same', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  const other = await context.newPage();
  await other.goto('/settings/studio');
  await renamed(other, 'River Gym West');
  await expect(page.locator('.rail__name')).toHaveText('River Gym West');
});
