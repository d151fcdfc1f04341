// The camera reads cards at the door and the codes of paper rosters: by the browser's own detector where there is one, by
// ours where there is none, with no network too; and where there is no picture, a sentence says what to do.
import type { Page } from '@playwright/test';

import { cameraOptions, hold, showNothing } from './camera';
import { foundStudio } from './desk';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';
import { register, scan, sell } from './till';
import { block, describe, nextWeek, plan } from './timetable';
import { ENGLISH as w } from './words';

test.use({ launchOptions: cameraOptions });

const openCamera = (page: Page) => page.getByRole('button', { name: w.say('ui.scan.open') }).click();
const closeCamera = (page: Page) => page.getByRole('button', { name: w.say('ui.scan.close') }).click();
const looking = (page: Page) => expect(page.getByTestId('scanner')).toHaveAttribute('data-stage', 'looking');
const answer = (page: Page) => page.getByTestId('answer');

async function toDoor(page: Page): Promise<void> {
  await page.goto('/check-in');
  await expect(page.getByTestId('scan')).toBeFocused();
}

/** Keeps what the page was given, to see whether it gave it back. */
async function watchCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    const given: MediaStreamTrack[] = [];
    Object.assign(window, { given });
    devices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      given.push(...stream.getTracks());
      return stream;
    };
  });
}

const runs = (page: Page) =>
  page.evaluate(() => (window as unknown as { given: MediaStreamTrack[] }).given.map((track) => track.readyState));

/** A browser that knows QR codes: it sees what a test says, and counts how often it looked. */
async function withDetector(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { text: '', looks: 0 };
    class BarcodeDetector {
      static getSupportedFormats = async () => ['ean_13', 'qr_code'];
      async detect() {
        seen.looks += 1;
        return seen.text ? [{ rawValue: seen.text }] : [];
      }
    }
    Object.assign(window, { BarcodeDetector, seen });
  });
}

const seen = (page: Page, text: string) =>
  page.evaluate((text) => {
    const { seen } = window as unknown as { seen: { text: string; looks: number } };
    seen.text = text;
    return seen.looks;
  }, text);

/** Until the detector has looked that many times more. */
async function looked(page: Page, times: number): Promise<void> {
  await page.waitForFunction(
    ({ from, times }) => (window as unknown as { seen: { looks: number } }).seen.looks >= from + times,
    { from: await page.evaluate(() => (window as unknown as { seen: { looks: number } }).seen.looks), times },
  );
}

test('a card is read by the decoder of ours, with no network', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await page.goto('/');
  await foundStudio(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const member = await register(page, 'Zhang Jiamin');
  await sell(page, member, /10 visits/);
  await keptForOffline(page);
  // Kept apart from the rest, once nobody waits for anything; the pages of the desk never asked for it.
  await page.goto('/check-in');
  await expect
    .poll(() => page.evaluate(async () => Boolean((await caches.match('/scan.js')) && (await caches.match('/vendor/qr/decode.min.js')))))
    .toBe(true);
  expect(asked.filter((path) => path === '/scan.js' || path.startsWith('/vendor/'))).toEqual([]);

  await context.setOffline(true);
  await page.goto(`/card/${member}`);
  await hold(page.getByTestId('card-face').locator('.qr').first());
  await toDoor(page);
  await openCamera(page);
  await expect(answer(page).getByTestId('who')).toHaveText('Zhang Jiamin');
  await looking(page);
  await axeInBothThemes(page);
  // The field stays free for who types, and Enter confirms what is shown.
  await page.getByTestId('scan').press('Enter');
  await expect(page.getByTestId('arrivals')).toContainText('10 → 9');
  await closeCamera(page);
  await expect(page.getByTestId('scanner')).toHaveCount(0);
});

test('a code that is held there counts once, another one at once', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await withDetector(page);
  await page.goto('/');
  await foundStudio(page);
  const ada = await sell(page, await register(page, 'Ada Wong'), /Month/);
  const bo = await sell(page, await register(page, 'Bo Chen'), /Month/);
  await toDoor(page);
  await openCamera(page);
  await seen(page, ada);
  await expect(answer(page).getByTestId('who')).toHaveText('Ada Wong');
  await page.getByTestId('check-in').click();
  await expect(answer(page)).toHaveCount(0);
  await looked(page, 10);
  await expect(answer(page)).toHaveCount(0);
  await seen(page, bo);
  await expect(answer(page).getByTestId('who')).toHaveText('Bo Chen');
  // Where the browser can read, nothing of ours is fetched.
  expect(page.workers()).toEqual([]);
  await seen(page, '');
  // Typed numbers stay possible while the camera looks.
  await page.getByTestId('scan').fill(ada);
  await page.getByTestId('scan').press('Enter');
  await expect(answer(page)).toContainText('Here since');
});

test('the camera is given back: closed, out of sight, and on another screen', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await watchCamera(page);
  showNothing();
  await page.goto('/');
  await foundStudio(page);
  await toDoor(page);
  await openCamera(page);
  await looking(page);
  await expect.poll(() => runs(page)).toEqual(['live']);
  await closeCamera(page);
  await expect.poll(() => runs(page)).toEqual(['ended']);

  await openCamera(page);
  await looking(page);
  const turn = (state: string) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, state);
  await turn('hidden');
  await expect.poll(() => runs(page)).toEqual(['ended', 'ended']);
  await turn('visible');
  await looking(page);
  await expect.poll(() => runs(page)).toEqual(['ended', 'ended', 'live']);

  await page.getByRole('navigation', { name: 'Main areas' }).getByRole('link', { name: 'Members' }).click();
  await expect(page.getByTestId('scanner')).toHaveCount(0);
  await expect.poll(() => runs(page)).toEqual(['ended', 'ended', 'ended']);
});

test('a camera with a light has a button for it', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await page.addInitScript(() => {
    const wanted: unknown[] = [];
    Object.assign(window, { wanted });
    Object.assign(MediaStreamTrack.prototype, {
      getCapabilities: () => ({ torch: true }),
      applyConstraints: async (constraints: unknown) => void wanted.push(constraints),
    });
  });
  await page.goto('/');
  await foundStudio(page);
  await toDoor(page);
  await openCamera(page);
  const light = page.getByRole('button', { name: w.say('ui.scan.light') });
  await light.click();
  await expect(light).toHaveAttribute('aria-pressed', 'true');
  const wanted = () => page.evaluate(() => (window as unknown as { wanted: unknown[] }).wanted);
  await expect.poll(wanted).toEqual([{ advanced: [{ torch: true }] }]);
});

test('a camera that is not allowed says so, and works once it is', async ({ page, context }) => {
  await context.grantPermissions([]);
  await page.goto('/');
  await foundStudio(page);
  const card = await sell(page, await register(page, 'Ada Wong'), /Month/);
  await toDoor(page);
  await openCamera(page);
  await expect(page.getByText(w.say('ui.scan.refused'))).toBeVisible();
  await axeInBothThemes(page);
  await page.getByTestId('scan').fill(card);
  await page.getByTestId('scan').press('Enter');
  await expect(answer(page).getByTestId('who')).toHaveText('Ada Wong');
  await context.grantPermissions(['camera']);
  await page.getByRole('button', { name: w.say('ui.scan.again') }).click();
  await looking(page);
});

for (const [name, sentence] of [
  ['NotFoundError', 'ui.scan.missing'],
  ['NotReadableError', 'ui.scan.in_use'],
] as const) {
  test(`no picture: ${name}`, async ({ page }) => {
    await page.addInitScript((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
    }, name);
    await page.goto('/');
    await foundStudio(page);
    await toDoor(page);
    await openCamera(page);
    await expect(page.getByText(w.say(sentence))).toBeVisible();
  });
}

test('a page that is not secure has no camera, and says why', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
  await page.goto('/');
  await foundStudio(page);
  await toDoor(page);
  await openCamera(page);
  await expect(page.getByText(w.say('ui.scan.insecure'))).toBeVisible();
});

test('a decoder that never arrived is missed in a sentence', async ({ page, context, trouble }) => {
  trouble.allow(/scan\.js|status of 404/);
  await context.grantPermissions(['camera']);
  await context.route('**/scan.js', (route) => route.abort());
  await page.goto('/');
  await foundStudio(page);
  await toDoor(page);
  await openCamera(page);
  await expect(page.getByText(w.say('ui.scan.no_reader'))).toBeVisible();
});

test('the code of a roster on paper opens that roster, and no other address opens anything', async ({ page, context, hub }) => {
  await context.grantPermissions(['camera']);
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await plan(page, { first: nextWeek()[1] });
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await block(page, '09:00').first().click();
  const roster = (await page.locator('.roster__whole').getAttribute('href'))!;
  await page.goto(`${roster}/paper`);
  await hold(page.getByTestId('roster-sheet').locator('.qr'));
  await toDoor(page);
  await openCamera(page);
  await expect(page.getByTestId('hand')).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(roster);
  await expect(page.getByTestId('scanner')).toHaveCount(0);

  // A scanner that types does the same.
  await toDoor(page);
  await scan(page, new URL(roster, hub.url).href);
  await expect(page.getByTestId('hand')).toBeVisible();
  for (const foreign of [`https://other.example${roster}`, `${hub.url}.example${roster}`, `${hub.url}/settings/devices`]) {
    await toDoor(page);
    await scan(page, foreign);
    await expect(page.getByText(w.say('attendance.code_foreign'))).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/check-in');
  }
});

test('USB scanners end as they like, and type wherever the focus is', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  const card = await sell(page, await register(page, 'Ada Wong'), /Month/);
  await toDoor(page);
  for (const end of ['Enter', 'Control+J', 'Tab']) {
    await scan(page, card, end);
    await expect(answer(page).getByTestId('who')).toHaveText('Ada Wong');
    await expect(page.getByTestId('scan')).toHaveValue('');
    await page.keyboard.press('Escape');
    await expect(answer(page)).toHaveCount(0);
  }
  // On a button: what is typed goes into the field, and the end of it presses nothing.
  await page.getByRole('button', { name: w.say('ui.scan.open') }).focus();
  await scan(page, card);
  await expect(answer(page).getByTestId('who')).toHaveText('Ada Wong');
  await expect(page.getByTestId('scanner')).toHaveCount(0);
  // Whoever types a name and presses Tab goes on to the next thing.
  await page.keyboard.press('Escape');
  await page.getByTestId('scan').pressSequentially('ada');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('scan')).not.toBeFocused();
  await expect(answer(page)).toHaveCount(0);
});
