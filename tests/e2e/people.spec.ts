// People at a studio: what they are, how they sign in, how they change places at a shared tablet, and how a device leaves.
import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { axeInBothThemes, expect, test, type Hub } from './helper';
import { ENGLISH as w, Words } from './words';

import type { Page } from '@playwright/test';

/** An owner with a hub, and Wang Fang at the front desk on a tablet of her own. */
async function twoDevices(page: Page, hub: Hub, openDevice: () => Promise<Page>): Promise<Page> {
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await expect(second.locator('.who')).toContainText('Wang Fang');
  await allSynced(second);
  return second;
}

async function setPin(page: Page, pin: string): Promise<void> {
  await page.goto('/settings/me');
  await page.getByLabel(w.say('people.pin.new')).fill(pin);
  await page.getByLabel(w.say('people.pin.again')).fill(pin);
  await page.getByRole('button', { name: w.say('people.pin.save') }).click();
  await expect(page.getByText(w.say('people.pin.saved'))).toBeVisible();
}

/** Two taps and the PIN. */
async function takePlace(page: Page, person: string, pin: string): Promise<void> {
  await page.locator('.who--switch').click();
  const dialog = page.getByRole('dialog', { name: w.say('people.switch.title') });
  await dialog.getByRole('button', { name: person }).click();
  await dialog.getByLabel(w.like('people.switch.pin')).fill(pin);
  await dialog.getByRole('button', { name: w.say('people.switch.go') }).click();
}

test('two people change places at a tablet by PIN, without a network', async ({ page, hub, openDevice }) => {
  const second = await twoDevices(page, hub, openDevice);
  await setPin(page, '2468');
  await setPin(second, '1357');
  await allSynced(page);
  await allSynced(second);
  await expect(async () => {
    await second.locator('.who--switch').click();
    await expect(second.getByRole('dialog').getByRole('button', { name: 'Lin Yue' })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await axeInBothThemes(second);
  await second.keyboard.press('Escape');

  await second.context().setOffline(true);
  await takePlace(second, 'Lin Yue', '1111');
  await expect(second.getByText(w.say('people.switch.wrong'))).toBeVisible();
  await second.getByRole('dialog').getByLabel(w.like('people.switch.pin')).fill('2468');
  await second.getByRole('dialog').getByRole('button', { name: w.say('people.switch.go') }).click();
  await expect(second.locator('.who')).toContainText('Lin Yue');
  await second.context().setOffline(false);

  // The till, and nothing above it: the owner's page of devices stays closed.
  await second.goto('/settings/devices');
  await expect(second.getByText(w.say('sync.devices.only_owner'))).toBeVisible();
  await second.goto('/settings/me');
  await expect(second.getByText(/Lin Yue \(Front desk\)/)).toBeVisible();
  await takePlace(second, 'Wang Fang', '1357');
  await expect(second.locator('.who')).toContainText('Wang Fang');
});

test('ten wrong PINs lock the place, and a reload does not open it', async ({ page, hub, openDevice }) => {
  const second = await twoDevices(page, hub, openDevice);
  await setPin(page, '2468');
  await allSynced(page);
  await expect(async () => {
    await second.locator('.who--switch').click();
    await expect(second.getByRole('dialog').getByRole('button', { name: 'Lin Yue' })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const dialog = second.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Lin Yue' }).click();
  const field = dialog.getByLabel(w.like('people.switch.pin'));
  const go = dialog.getByRole('button', { name: w.say('people.switch.go') });
  for (let n = 0; n < 10; n++) {
    await field.fill('9999');
    await go.click();
    await expect(field).toHaveValue('');
    await expect(go).toBeEnabled();
  }
  await expect(dialog.getByText(w.like('people.switch.locked', { count: 1 }))).toBeVisible();
  await second.reload();
  await takePlace(second, 'Lin Yue', '2468');
  await expect(second.getByText(w.like('people.switch.locked', { count: 1 }))).toBeVisible();
});

test('the owner makes somebody a manager, and it counts on their tablet', async ({ page, hub, openDevice }) => {
  const second = await twoDevices(page, hub, openDevice);
  await page.goto('/settings/people');
  await axeInBothThemes(page);
  const wang = page.getByRole('listitem').filter({ hasText: 'Wang Fang' });
  await wang.getByRole('button', { name: w.say('people.role.change') }).click();
  const dialog = page.getByRole('dialog', { name: w.say('people.role.title', { person: 'Wang Fang' }) });
  await dialog.getByText(w.say('studio.role.manager'), { exact: true }).click();
  await dialog.getByRole('button', { name: w.say('people.role.save') }).click();
  await expect(wang).toContainText('Manager');
  await second.goto('/settings/me');
  await expect(second.getByText('Wang Fang (Manager)')).toBeVisible();
  await second.goto('/settings/people');
  await expect(second.getByText(w.say('people.only_owner'))).toBeVisible();
});

test('somebody joins with a name and a password', async ({ page, hub, openDevice, trouble }) => {
  trouble.allow(/status of 403/);
  const second = await twoDevices(page, hub, openDevice);
  await second.goto('/settings/me');
  const own = second.locator('section').filter({ has: second.getByRole('heading', { name: w.say('people.password_title') }) });
  await own.getByLabel(w.say('people.login')).fill('Wang');
  await own.getByLabel(w.say('people.password'), { exact: false }).fill('a long evening');
  await own.getByRole('button', { name: w.say('people.password_save') }).click();
  await expect(second.getByText(w.say('people.password_saved'))).toBeVisible();

  const third = await openDevice();
  await third.goto('/');
  await third.getByRole('button', { name: w.like('start.choose.join') }).click();
  await third.getByRole('button', { name: w.say('start.join.by_password') }).click();
  await axeInBothThemes(third);
  await third.getByLabel(w.say('people.login')).fill('wang');
  await third.getByLabel(w.say('people.password'), { exact: false }).fill('a short evening');
  await third.getByRole('button', { name: w.say('people.sign_in.go') }).click();
  await expect(third.getByText(w.say('sync.failed.wrong_password'))).toBeVisible();
  await third.getByLabel(w.say('people.password'), { exact: false }).fill('a long evening');
  await third.getByRole('button', { name: w.say('people.sign_in.go') }).click();
  await expect(third.locator('.who')).toContainText('Wang Fang');
  await allSynced(third);
});

test('a tablet that is replaced drops off what it has and forgets the studio', async ({ page, hub, openDevice, trouble }) => {
  trouble.allow(/status of 40[13]/);
  const second = await twoDevices(page, hub, openDevice);
  await second.goto('/settings/me');
  await second.context().setOffline(true);
  await second.getByLabel(w.say('people.pin.new')).fill('1357');
  await second.getByLabel(w.say('people.pin.again')).fill('1357');
  await second.getByRole('button', { name: w.say('people.pin.save') }).click();
  await expect(second.getByTestId('sync')).toContainText('1 to send');

  await page.goto('/settings/devices');
  const row = page.getByRole('listitem').filter({ hasText: 'Tablet at the door' });
  await row.getByRole('button', { name: w.say('sync.devices.retire') }).click();
  await page.getByRole('dialog').getByRole('button', { name: w.say('sync.devices.retire') }).click();
  await expect(row.getByText(w.say('sync.devices.retired'))).toBeVisible();

  await second.context().setOffline(false);
  await expect(second.getByText(w.say('start.left.removed'))).toBeVisible();
  await axeInBothThemes(second);
  expect(await second.evaluate(async () => (await indexedDB.databases()).map((one) => one.name))).toEqual([]);
  await second.reload();
  await expect(second.getByText(w.say('start.left.title'))).toBeVisible();
  await second.getByRole('button', { name: w.say('start.left.anew') }).click();
  await expect(second.getByRole('button', { name: w.like('start.choose.new') })).toBeVisible();
  // What it had still counts: her PIN is known here.
  await expect(async () => {
    await page.locator('.who--switch').click();
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Wang Fang' })).toBeVisible({ timeout: 2_000 });
  }).toPass();
});

test('what a lost tablet drops off waits for a manager', async ({ page, hub, openDevice, trouble }) => {
  trouble.allow(/status of 40[13]/);
  const second = await twoDevices(page, hub, openDevice);
  await second.goto('/settings/me');
  await second.context().setOffline(true);
  await second.getByLabel(w.say('people.pin.new')).fill('1357');
  await second.getByLabel(w.say('people.pin.again')).fill('1357');
  await second.getByRole('button', { name: w.say('people.pin.save') }).click();
  await expect(second.getByTestId('sync')).toContainText('1 to send');

  await page.goto('/settings/devices');
  const row = page.getByRole('listitem').filter({ hasText: 'Tablet at the door' });
  await row.getByRole('button', { name: w.say('sync.devices.revoke') }).click();
  await page.getByRole('dialog').getByRole('button', { name: w.say('sync.devices.revoke') }).click();
  await expect(row.getByText(w.say('sync.devices.revoked'), { exact: true })).toBeVisible();
  await second.context().setOffline(false);
  await expect(second.getByText(w.say('start.left.removed'))).toBeVisible();

  await page.goto('/needs-you');
  await expect(page.getByText(w.say('sync.odd_revoked_device'))).toBeVisible();
  await axeInBothThemes(page);
  await page.getByText(w.say('exceptions.evidence.title')).click();
  await expect(page.getByText('Tablet at the door')).toBeVisible();
  await page.getByRole('button', { name: w.say('sync.choice_import') }).click();
  await page.getByText(w.say('exceptions.settled.title'), { exact: true }).click();
  await expect(page.getByText(w.like('exceptions.settled.by_on', { who: 'Lin Yue' }))).toBeVisible();
  await page.locator('.who--switch').click();
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Wang Fang' })).toBeVisible();
});

for (const language of ['zh-Hans', 'zh-Hant'] as const) {
  test(`the pages about people are whole on a phone, in ${language}`, async ({ page }) => {
    const words = new Words(language);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/');
    await page.evaluate((tag) => localStorage.setItem('rollcall.lang', tag), language);
    await page.reload();
    await foundStudio(page, {}, words);
    for (const [path, title] of [['me', 'people.me.title'], ['people', 'people.title']] as const) {
      await page.goto(`/settings/${path}`);
      await expect(page.getByRole('heading', { name: words.say(title), exact: true })).toBeVisible();
      await axeInBothThemes(page);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wider).toBe(false);
    }
  });
}
