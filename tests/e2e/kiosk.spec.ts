// Self check-in: a device in the members' hands. They see themselves and nobody else, nothing else is reachable, and it is
// taken back by a PIN.
import type { Page } from '@playwright/test';

import { cameraOptions, hold } from './camera';
import { allSynced, claimHub, foundStudio } from './desk';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';
import { register, scan, sell } from './till';
import { ENGLISH as w, Words } from './words';

test.use({ launchOptions: cameraOptions });

const CODE = '2468';
const kiosk = (page: Page) => page.getByTestId('kiosk');
const told = (page: Page) => page.getByTestId('kiosk-answer');
const field = (page: Page) => page.getByTestId('kiosk-field');

/** Hands the device over, with a code where nobody has a PIN. */
async function begin(page: Page): Promise<void> {
  await page.goto('/settings/self-check-in');
  await page.getByLabel(w.say('kiosk.code')).first().fill(CODE);
  await page.getByLabel(w.say('kiosk.code_again')).fill(CODE);
  await page.getByRole('button', { name: w.say('kiosk.begin') }).click();
  await expect(kiosk(page)).toBeVisible();
}

/** The clock is in hand, Ada Wong has ten visits, and the device is with the members. Her card's number. */
async function adaComes(page: Page): Promise<string> {
  await page.clock.install();
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'Ada Wong');
  const card = await sell(page, member, /10 visits/);
  await begin(page);
  return card;
}

/** Asks for the device back. */
async function leave(page: Page, pin: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: w.say('kiosk.leave') });
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: w.say('kiosk.staff') }).click();
  await dialog.locator('input').fill(pin);
  await dialog.getByRole('button', { name: w.say('kiosk.leave_go'), exact: true }).click();
}

/** There is the screen of the members, and no way from it. */
async function nothingElse(page: Page): Promise<void> {
  await expect(kiosk(page)).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('link')).toHaveCount(1); // past everything to the field
  await expect(page.getByRole('searchbox')).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe('/');
}

test('members check themselves in: own first name only, one visit each, with no network', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  const jiamin = await register(page, 'Zhang Jiamin');
  const card = await sell(page, jiamin, /10 visits/);
  const bo = await sell(page, await register(page, 'Bo Chen', '0912 345 678'), /10 visits/);
  await register(page, 'Ma Wei', '0922 345 678');
  await keptForOffline(page);
  await begin(page);
  await context.setOffline(true);
  await page.reload();
  await nothingElse(page);
  await axeInBothThemes(page);

  await scan(page, card);
  await expect(told(page)).toHaveAttribute('data-light', 'ok');
  await expect(told(page)).toContainText('Welcome, Jiamin');
  await expect(page.locator('body')).not.toContainText('Zhang');
  await expect(page.locator('body')).not.toContainText(/visit/);
  await axeInBothThemes(page);
  // The next one need not wait.
  await scan(page, bo);
  await expect(told(page)).toContainText('Welcome, Bo');
  await told(page).getByRole('button', { name: w.say('kiosk.next') }).click();
  await expect(told(page)).toHaveCount(0);
  await expect(field(page)).toBeFocused();

  // By telephone number, in full; a second time it is the same visit.
  await field(page).fill('0912 345 678');
  await page.getByRole('button', { name: w.say('kiosk.go') }).dblclick();
  await expect(told(page)).toContainText(w.say('kiosk.already'));
  await expect(told(page)).toContainText('Bo');
  await told(page).click({ position: { x: 5, y: 5 } });
  await expect(told(page)).toHaveCount(0);

  // Red: no name, no reason.
  await scan(page, '0922 345 678');
  await expect(told(page)).toHaveAttribute('data-light', 'stop');
  await expect(told(page)).toContainText(w.say('kiosk.desk'));
  await expect(page.locator('body')).not.toContainText(/Wei|Ma\b|pass/i);
  await axeInBothThemes(page);

  // No part of anything finds anybody.
  for (const part of ['Zhang', 'zh', 'Bo Chen', '5678', card.slice(0, 8), 'RC1:0010001236-0000']) {
    await scan(page, part);
    await expect(told(page)).toContainText(w.say('kiosk.none'));
    await expect(page.getByRole('option')).toHaveCount(0);
  }
  await page.keyboard.type('Zhan');
  await expect(page.locator('body')).not.toContainText('Jiamin');
  await page.keyboard.press('Escape');

  await leave(page, CODE);
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
  await page.goto('/check-in');
  const arrivals = page.getByTestId('arrivals');
  await expect(arrivals).toContainText('Zhang Jiamin');
  await expect(arrivals.getByRole('listitem')).toHaveCount(2);
  await page.goto(`/members/${jiamin}`);
  await expect(page.getByTestId('answers')).toContainText('9 visits left');
});

test('an answer goes by itself after five seconds, and a double press is one visit', async ({ page }) => {
  const card = await adaComes(page);
  await field(page).fill(card);
  await page.getByRole('button', { name: w.say('kiosk.go') }).dblclick();
  await expect(told(page)).toContainText('Welcome, Ada');
  // The same card while she stands there is the same press.
  await scan(page, card);
  await expect(field(page)).toHaveValue('');
  await expect(told(page)).toContainText(w.say('kiosk.done'));
  await page.clock.fastForward(5_000);
  await expect(told(page)).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.say('kiosk.hello'));
  await leave(page, CODE);
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
  await page.goto('/check-in');
  await expect(page.getByTestId('arrivals')).toContainText('10 → 9');
  await expect(page.getByTestId('arrivals')).not.toContainText('scanned again');
});

test('the camera of the device reads cards', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'Ada Wong');
  await sell(page, member, /10 visits/);
  await page.goto(`/card/${member}`);
  await hold(page.getByTestId('card-face').locator('.qr').first());
  await begin(page);
  await page.getByRole('button', { name: w.say('ui.scan.open') }).click();
  await expect(told(page)).toContainText('Welcome, Ada');
});

test('nothing else is reachable, by any address, key or restart', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  const member = await register(page, 'Zhang Jiamin');
  await page.goto('/settings/self-check-in');
  await page.getByRole('button', { name: w.say('kiosk.begin') }).click();
  await expect(page.getByText(w.say('people.pin.bad')).first()).toBeVisible();
  await axeInBothThemes(page);
  await begin(page);
  await nothingElse(page);
  for (const path of ['/', '/members', `/members/${member}`, '/check-in', '/settings/self-check-in', '/settings/device', '/gallery', '/sell', '/#join=AAAA', '/no-such-screen']) {
    await page.goto(path);
    await nothingElse(page);
  }
  for (const key of ['Control+k', 'Meta+k', '?', '/', 'g', 'm', 'Escape']) await page.keyboard.press(key);
  await nothingElse(page);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.goBack();
  await nothingElse(page);
  const other = await context.newPage();
  await other.goto('/members');
  await nothingElse(other);
  await page.close();
  await leave(other, '1111');
  await expect(other.getByText(w.say('kiosk.leave_wrong'))).toBeVisible();
  await axeInBothThemes(other);
  await leave(other, CODE);
  await expect(other.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
  await other.goto('/members');
  await expect(other.getByText('Zhang Jiamin').first()).toBeVisible();
});

test('a PIN of the desk takes the device back; wrong ones are counted over a reload', async ({ page, hub }) => {
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  await page.goto('/settings/me');
  await page.getByLabel(w.say('people.pin.new')).fill(CODE);
  await page.getByLabel(w.say('people.pin.again')).fill(CODE);
  await page.getByRole('button', { name: w.say('people.pin.save') }).click();
  await expect(page.getByText(w.say('people.pin.saved'))).toBeVisible();
  await allSynced(page);
  await page.context().setOffline(true);

  const handOver = async (): Promise<void> => {
    await page.getByRole('navigation', { name: 'Main areas' }).getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: w.like('kiosk.title') }).click();
    await expect(page.getByText(w.say('kiosk.ends_with', { names: 'Lin Yue' }))).toBeVisible();
    await page.getByRole('button', { name: w.say('kiosk.begin') }).click();
    await expect(kiosk(page)).toBeVisible();
  };
  await handOver();
  await leave(page, '1111');
  await expect(page.getByText(w.say('kiosk.leave_wrong'))).toBeVisible();
  await leave(page, CODE);
  await expect(page.locator('.who')).toContainText('Lin Yue');

  await handOver();
  const dialog = page.getByRole('dialog', { name: w.say('kiosk.leave') });
  for (let n = 0; n < 10; n++) {
    await leave(page, '9999');
    await expect(dialog.locator('input')).toHaveValue('');
    await expect(dialog.getByRole('button', { name: w.say('kiosk.leave_go'), exact: true })).toBeEnabled();
  }
  await expect(dialog.getByText(w.like('people.switch.locked', { count: 1 }))).toBeVisible();
  await page.context().setOffline(false);
  await page.reload();
  await leave(page, CODE);
  await expect(page.getByText(w.like('people.switch.locked', { count: 1 }))).toBeVisible();
  await expect(kiosk(page)).toBeVisible();
});

test('whoever tries numbers gets tired, and a card still opens', async ({ page }) => {
  const card = await adaComes(page);
  for (let n = 0; n < 8; n++) {
    await scan(page, `0912 345 67${n}`);
    await expect(told(page)).toContainText(w.say('kiosk.none'));
  }
  await scan(page, card);
  await expect(told(page)).toContainText(w.say('kiosk.pause'));
  await axeInBothThemes(page);
  await page.clock.fastForward(30_000);
  await expect(told(page)).toHaveCount(0);
  await scan(page, card);
  await expect(told(page)).toContainText('Welcome, Ada');
});

for (const [language, viewport] of [
  ['zh-Hans', { width: 820, height: 1180 }],
  ['zh-Hant', { width: 390, height: 844 }],
] as const) {
  test(`in ${language}, chosen on the screen: large targets, nothing wider than ${viewport.width}`, async ({ page }) => {
    const words = new Words(language);
    await page.goto('/');
    await foundStudio(page);
    const card = await sell(page, await register(page, '欧阳佳敏'), /Month/);
    await begin(page);
    await page.setViewportSize(viewport);
    await page.getByRole('button', { name: language === 'zh-Hans' ? '简体中文' : '繁體中文' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.say('kiosk.hello'));
    const fits = async (): Promise<void> => {
      const { wide, screen } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
      }));
      expect(wide).toBeLessThanOrEqual(screen);
      await axeInBothThemes(page);
    };
    await fits();
    for (const button of await page.getByRole('button').all()) {
      expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    }
    await scan(page, card);
    await expect(told(page)).toContainText(words.say('kiosk.welcome', { name: '佳敏' }));
    await fits();
  });
}
