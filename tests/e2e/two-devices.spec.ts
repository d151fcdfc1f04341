// A studio on two devices: one connects the hub, the other comes in by a code or a link, and both say the same.
import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { axeInBothThemes, expect, test } from './helper';

test('a studio that worked alone connects its hub, and a second device shows it', async ({ page, hub, openDevice }) => {
  await page.goto('/');
  await foundStudio(page, { name: 'River Gym', owner: 'Lin Yue' });
  await expect(page.getByRole('link', { name: 'Connect', exact: true })).toBeVisible();
  await claimHub(page, await hub.claimCode());
  await allSynced(page);
  await axeInBothThemes(page);

  const way = await letIn(page, 'Wang Fang');
  expect(way.code).toMatch(/^[A-Z0-9]{10}$/);
  await axeInBothThemes(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await expect(second.locator('.rail__name')).toHaveText('River Gym');
  await expect(second.locator('.who')).toContainText('Wang Fang');
  await allSynced(second);
  await expect(page.getByText('Tablet at the door has joined.')).toBeVisible();

  await page.reload();
  await expect(page.getByText('Tablet at the door', { exact: true })).toBeVisible();
});

test('what the owner changes arrives at the other device, also after both were offline', async ({ page, context, hub, openDevice }) => {
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await second.goto(way.link);
  await second.getByRole('button', { name: 'Join', exact: true }).click();
  await allSynced(second);

  await context.setOffline(true);
  await page.goto('/settings/studio').catch(() => undefined);
  await page.getByRole('link', { name: /^Studio/ }).click();
  await page.getByLabel('Name', { exact: false }).first().fill('River Gym North');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('.rail__name')).toHaveText('River Gym North');
  await expect(page.getByTestId('sync')).toContainText('1 to send');
  await context.setOffline(false);
  await allSynced(page);
  await expect(second.locator('.rail__name')).toHaveText('River Gym North');
});

test('a device that is shut out forgets the studio and says so', async ({ page, hub, openDevice, trouble }) => {
  trouble.allow(/status of 40[13]/);
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await allSynced(second);

  await page.reload();
  await page.getByRole('button', { name: 'Shut out' }).click();
  await page.getByRole('dialog', { name: /Tablet at the door/ }).getByRole('button', { name: 'Shut out' }).click();
  await expect(page.getByText('shut out', { exact: true })).toBeVisible();
  await expect(second.getByText('Nothing of the studio is left on this device.')).toBeVisible();
  await second.reload();
  await expect(second.getByText('This device is not in use any more')).toBeVisible();
});

test('a link to join is not followed by a device that keeps a studio of its own', async ({ page, hub, openDevice }) => {
  await page.goto('/');
  await foundStudio(page, { name: 'River Gym' });
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const other = await openDevice();
  await other.goto('/');
  await foundStudio(other, { name: 'Hill Gym', owner: 'He Jing' });
  await other.goto('about:blank');
  await other.goto(way.link);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('This device has a studio of its own');
  await axeInBothThemes(other);

  const download = other.waitForEvent('download');
  await other.getByLabel('Passphrase', { exact: false }).first().fill('correct horse battery');
  await other.getByLabel('The same passphrase again').fill('correct horse battery');
  await other.getByRole('button', { name: 'Save the backup file' }).click();
  expect((await download).suggestedFilename()).toMatch(/^rollcall-.*\.rollcall$/);

  await other.getByRole('button', { name: 'Empty this device' }).click();
  const dialog = other.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Empty this device' }).click();
  await expect(dialog.getByText("This is not the studio's name.")).toBeVisible();
  await dialog.getByLabel(/Type “Hill Gym”/).fill('Hill Gym');
  await dialog.getByRole('button', { name: 'Empty this device' }).click();
  await expect(other.getByText('The link you opened carries the code.')).toBeVisible();
  await other.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(other.locator('.rail__name')).toHaveText('River Gym');
});
