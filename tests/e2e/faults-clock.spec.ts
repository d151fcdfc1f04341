// A tablet whose clock is wrong: it is told, what happened counts when the hub says it happened, and no order comes from it.
import type { Page } from '@playwright/test';

import { allSynced, foundStudio } from './desk';
import { cdp, hasMembers, joined, ownerWithHub, register } from './faults';
import { expect, test } from './helper';
import { ENGLISH as words } from './words';

const HOUR_MS = 3_600_000;

/** How far the clock is put, and what that is called here. */
const CLOCKS: [name: string, shiftMs: () => number][] = [
  ['three hours ahead', () => 3 * HOUR_MS],
  ['three hours behind', () => -3 * HOUR_MS],
  ['in 1970', () => -Date.now() + 90_000],
];

/** The page's clock goes on as ever, so far away from the true time as a small text says. */
async function withCrookedClock(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    const shiftMs = (): number => Number(localStorage.getItem('test.shift') ?? 0);
    const True = Date;
    class Crooked extends True {
      constructor(...given: [] | [number]) {
        if (given.length === 0) super(True.now() + shiftMs());
        else super(...given);
      }
      static override now(): number {
        return True.now() + shiftMs();
      }
    }
    Object.assign(globalThis, { Date: Crooked });
  });
}

async function setClock(page: Page, shiftMs: number): Promise<void> {
  await page.evaluate((shift) => localStorage.setItem('test.shift', String(shift)), shiftMs);
}

/** Lets somebody in who has no pass: a Fact, whatever the clock says. */
async function letInAtTheDoor(page: Page, name: string): Promise<void> {
  await page.goto('/check-in');
  await page.getByTestId('scan').fill(name);
  await expect(page.getByRole('option', { name: new RegExp(name) })).toBeVisible();
  await page.getByTestId('scan').press('Enter');
  await page.getByRole('button', { name: words.say('attendance.let_in') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: words.say('attendance.let_in_pays') }).click();
  await dialog.getByRole('button', { name: words.say('attendance.let_in') }).click();
  await expect(page.getByTestId('answer')).toHaveCount(0);
}

test('whatever the tablet takes the time for, it is told so, and its visits are of today', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await withCrookedClock(second);
  await joined(page, second);
  await second.goto('/');
  await allSynced(second);
  await expect(second.getByText(words.say('opening.clock_wrong'))).toHaveCount(0);

  for (const [at, [name, shiftMs]] of CLOCKS.entries()) {
    await test.step(name, async () => {
      await setClock(second, shiftMs());
      // Started without the hub, so that what is saved first is saved by this clock alone.
      await second.context().setOffline(true);
      await second.goto('/');
      await register(second, `Guest ${at}`);
      await letInAtTheDoor(second, `Guest ${at}`);
      await second.context().setOffline(false);
      await allSynced(second);
      await expect(second.getByText(words.say('opening.clock_wrong'))).toBeVisible();
      await page.goto('/check-in');
      await expect(page.getByText(words.say('attendance.recent_count', { count: at + 1 }))).toBeVisible();
    });
  }
  await setClock(second, 0);
  await second.goto('/');
  await allSynced(second);
  await expect(second.getByText(words.say('opening.clock_wrong'))).toHaveCount(0);
  await hasMembers(second, CLOCKS.length);
  await hasMembers(page, CLOCKS.length);
});

test('a clock that is decades ahead locks a tablet without its hub, and the hub opens it again', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await withCrookedClock(second);
  await joined(page, second);
  await second.goto('/');
  await allSynced(second);
  await setClock(second, Date.UTC(2099, 6, 1) - Date.now());
  await second.context().setOffline(true);
  await second.goto('/');
  // By all it can know, it has not met its hub for longer than it may read.
  await expect(second.getByText(words.say('start.locked.title'))).toBeVisible();
  await second.context().setOffline(false);
  // By this button, or by itself when the browser says that the network is back: whichever is faster.
  const asked = second.getByRole('button', { name: words.say('common.retry') }).click({ timeout: 5_000 }).catch(() => undefined);
  await allSynced(second);
  await asked;
  await expect(second.getByText(words.say('opening.clock_wrong'))).toBeVisible();
  await register(second, 'Guest');
  await allSynced(second);
  await hasMembers(page, 1);
  await setClock(second, 0);
  await second.goto('/');
  await allSynced(second);
  await expect(second.getByText(words.say('opening.clock_wrong'))).toHaveCount(0);
  await hasMembers(second, 1);
});

test('a clock that jumps under an open page is noticed at the next contact', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await withCrookedClock(second);
  await joined(page, second);
  await second.goto('/');
  await allSynced(second);
  await setClock(second, 3 * HOUR_MS);
  await second.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(second.getByText(words.say('opening.clock_wrong'))).toBeVisible();
  await setClock(second, 0);
  await second.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(second.getByText(words.say('opening.clock_wrong'))).toHaveCount(0);
});

test('a tablet that slept for three days wakes up on the right day', async ({ page }) => {
  await withCrookedClock(page);
  // The screen looks for the new day once a minute; here that minute is short.
  await page.addInitScript(() => {
    const every = setInterval;
    Object.assign(globalThis, {
      setInterval: (work: () => void, ms: number) => every(work, ms === 60_000 ? 500 : ms),
    });
  });
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await letInAtTheDoor(page, 'Chen Wei');
  await expect(page.getByText(words.say('attendance.recent_count', { count: 1 }))).toBeVisible();
  const browser = await cdp(page);
  await browser.send('Page.setWebLifecycleState', { state: 'frozen' });
  await setClock(page, 72 * HOUR_MS);
  await browser.send('Page.setWebLifecycleState', { state: 'active' });
  // Whoever wakes it looks at it.
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(page.getByText(words.say('attendance.recent_none'))).toBeVisible();
  await letInAtTheDoor(page, 'Chen Wei');
  await expect(page.getByText(words.say('attendance.recent_count', { count: 1 }))).toBeVisible();
});
