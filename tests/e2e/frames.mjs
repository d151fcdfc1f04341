// Prints how the two heaviest screens hold up on a slow machine: a week of 200 classes and a roster of 60 people, the real
// app with its CPU slowed down four times. A frame that came later than it should is counted. Figures are of this machine;
// nothing here fails a build. `cargo xtask frames`.
import { chromium } from '@playwright/test';

import { launchOptions } from './chromium.mjs';
import { startHub } from './hub.mjs';

const STUDIO = process.env.ROLLCALL_STUDIO;
const SLOWER = Number(process.env.ROLLCALL_SLOWER ?? 4);
/** What one frame may take at 60 a second, and half of one more: beyond that one was left out. */
const LATE_MS = 25;
const DAY_MS = 24 * 60 * 60_000;

/** In the page: when frames were drawn, and which tasks kept the page from drawing. */
function watch() {
  const seen = { frames: [], tasks: [] };
  let last = 0;
  const frame = (now) => {
    if (last) seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => list.getEntries().forEach((task) => seen.tasks.push(task.duration))).observe({ type: 'longtask' });
  globalThis.framesSeen = seen;
}

const quantile = (list, part) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? 0;

const lines = [['what', 'frames', 'p50', 'p95', 'longest', 'late', 'longest task']];

/** Does something and tells of the frames until the page is quiet again. */
async function measure(page, what, deed) {
  await page.evaluate(() => Object.assign(globalThis.framesSeen, { frames: [], tasks: [] }));
  await deed();
  await quiet(page);
  const { frames, tasks } = await page.evaluate(() => globalThis.framesSeen);
  const ms = (value) => `${value.toFixed(1)} ms`;
  lines.push([
    what,
    String(frames.length),
    ms(quantile(frames, 0.5)),
    ms(quantile(frames, 0.95)),
    ms(Math.max(0, ...frames)),
    String(frames.filter((one) => one > LATE_MS).length),
    ms(Math.max(0, ...tasks)),
  ]);
}

/** Twenty frames in a row without a change of the document. */
function quiet(page) {
  return page.evaluate(
    () =>
      new Promise((done) => {
        let still = 0;
        const changes = new MutationObserver(() => (still = 0));
        changes.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        const look = () => {
          still += 1;
          if (still < 20) return requestAnimationFrame(look);
          changes.disconnect();
          done(undefined);
        };
        requestAnimationFrame(look);
      }),
  );
}

/** Turns the wheel over something, a notch a frame, there and back. */
async function scroll(page, place) {
  const box = await place.boundingBox();
  if (!box) throw new Error('there is nothing to scroll');
  await page.mouse.move(box.x + box.width / 2, Math.min(box.y + box.height / 2, 700));
  for (const step of [...Array(20).fill(120), ...Array(20).fill(-120)]) {
    await page.mouse.wheel(0, step);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(undefined))));
  }
}

async function openStudio(page) {
  await page.goto('/');
  await page.getByRole('button', { name: /Open a backup file/ }).click();
  await page.locator('input[type=file]').setInputFiles(STUDIO);
  await page.getByRole('button', { name: 'Open this studio here' }).click();
  await page.locator('.rail__name').waitFor();
}

async function week(page) {
  await page.goto('/classes');
  await page.locator('.week .block').first().waitFor();
  await quiet(page);
  await measure(page, 'nothing (the machine itself)', () => page.waitForFunction(() => globalThis.framesSeen.frames.length > 120));
  await measure(page, 'the next week: 200 classes appear', async () => {
    await page.getByRole('button', { name: 'Week after' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.week .block').length >= 200);
  });
  const shown = await page.locator('.week .block').count();
  await measure(page, `scrolling ${shown} classes`, () => scroll(page, page.locator('.week')));
  await measure(page, 'a class is opened beside them', async () => {
    await page.locator('.week .block').nth(90).click();
    await page.getByTestId('roster').waitFor();
  });
}

async function roster(page, tomorrow) {
  const evening = new Date(`${tomorrow}T20:10:00+08:00`);
  await page.clock.setFixedTime(evening);
  await page.goto('/classes');
  await page.locator('.week .block', { hasText: '20:00' }).filter({ hasText: '60/60' }).first().click();
  const href = await page.getByTestId('roster').locator('.roster__whole').getAttribute('href');
  await page.goto('/');
  await page.locator('.rail__name').waitFor();
  await quiet(page);
  await measure(page, 'a roster of 60 appears', async () => {
    await page.evaluate((href) => {
      history.pushState({}, '', href);
      dispatchEvent(new PopStateEvent('popstate'));
    }, href);
    await page.locator('.hand__who').nth(59).waitFor();
  });
  const rows = page.locator('.hand__who');
  const people = await rows.count();
  await measure(page, `scrolling ${people} people`, () => scroll(page, page.locator('.hand__rows')));
  await measure(page, 'ten people are marked, one after the other', async () => {
    for (let at = 0; at < 10; at += 1) {
      await rows.nth(at).click();
      await page.waitForFunction((at) => document.querySelectorAll('.hand__who')[at]?.getAttribute('aria-pressed') === 'true', at);
    }
  });
  await measure(page, 'everybody else is marked at once', async () => {
    await page.getByRole('button', { name: 'Everybody else came' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.hand__who[aria-pressed=true]').length >= 60);
  });
}

async function main() {
  if (!STUDIO) throw new Error('ROLLCALL_STUDIO names no file; run `cargo xtask frames`');
  const hub = await startHub();
  const browser = await chromium.launch({ ...launchOptions, headless: true });
  try {
    const context = await browser.newContext({ baseURL: hub.url, viewport: { width: 1180, height: 820 }, locale: 'en-GB', timezoneId: 'Asia/Shanghai' });
    await context.addInitScript(watch);
    const page = await context.newPage();
    await openStudio(page);
    const slow = await context.newCDPSession(page);
    await slow.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await week(page);
    // The made studio's today is the day in UTC.
    const day = (ms) => new Date(ms).toISOString().slice(0, 10);
    await roster(page, day(Date.now() + DAY_MS));
    await context.close();
  } finally {
    await browser.close();
    await hub.stop();
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) console.log(line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '));
}

await main();
