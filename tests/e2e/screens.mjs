// Pictures of every screen into target/screens, and those of the README into docs/screens, from the real app over a real hub: `cargo xtask screens`, or
// `ROLLCALL_APP=dist ROLLCALL_HUB=target/release/rollcall-hub node tests/e2e/screens.mjs`.
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions } from './chromium.mjs';
import { startHub } from './hub.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Every picture; looked at and thrown away. */
const ALL = process.env.ROLLCALL_SCREENS ?? join(ROOT, 'target', 'screens');
/** Those the README shows. */
const KEPT = join(ROOT, 'docs', 'screens');
const SHOWN = ['check-in-en-light', 'today-en-light', 'member-en-light', 'sell-en-light', 'classes-en-light', 'check-in-zh-Hans-dark', 'members-zh-Hant-light'];

const LANGUAGES = [
  { lang: 'en', locale: 'en-GB', sample: /Look around/, open: 'Open the sample studio' },
  { lang: 'zh-Hans', locale: 'zh-CN', sample: /先看看/, open: '打开示例场馆' },
  { lang: 'zh-Hant', locale: 'zh-TW', sample: /先看看/, open: '開啟範例場館' },
];
const EVENING = new Date('2026-11-20T18:20:00+08:00');
const THEMES = ['light', 'dark'];
const SIZES = [
  { size: '', viewport: { width: 1180, height: 820 } },
  { size: '-portrait', viewport: { width: 820, height: 1180 } },
  { size: '-phone', viewport: { width: 390, height: 844 } },
];

/** The screens by name, and how to get there in the sample studio. */
const SCREENS = {
  today: (page) => open(page, '/'),
  members: (page) => open(page, '/members'),
  member: openFirstMember,
  register: (page) => open(page, '/members/new'),
  import: (page) => open(page, '/members/import'),
  'check-in': checkIn,
  sell: async (page) => open(page, `/sell/${await firstMember(page)}`),
  classes: openClasses,
  'needs-you': (page) => open(page, '/needs-you'),
  settings: (page) => open(page, '/settings'),
  plans: (page) => open(page, '/settings/plans'),
};

async function open(page, path) {
  await page.goto(path);
  await page.locator('.sample').waitFor();
  // The lists are painted with the first answer from memory; fonts and photos come with the frame after.
  await page.evaluate(() => document.fonts.ready);
}

/** The week, with a class of today in hand. */
async function openClasses(page) {
  await open(page, '/classes');
  await page.locator('.week').getByRole('button').first().waitFor();
  const blocks = page.locator('.week .block');
  if (await blocks.first().isVisible()) await blocks.nth(2).click();
}

/** The first member of the list, by the address its row leads to. */
async function firstMember(page) {
  await openFirstMember(page);
  return new URL(page.url()).pathname.split('/').at(-1);
}

async function openFirstMember(page) {
  await open(page, '/members');
  await page.getByRole('option').first().click();
  await page.waitForURL(/\/members\/[0-9a-f-]{36}/);
}

async function checkIn(page) {
  await open(page, '/');
  // Somebody with a pass who has not come yet today: found by name as at the door.
  const lists = page.locator('.today .list');
  const names = async (list) => list.locator('.row__words b').allTextContents();
  const came = new Set(await names(lists.first()));
  const name = (await names(lists.last())).find((one) => !came.has(one));
  await open(page, '/check-in');
  await page.locator('main input').first().fill(name ?? '');
  await page.keyboard.press('Enter');
}

async function sampleStudio(page, { sample, open: make }) {
  await page.goto('/');
  await page.getByRole('button', { name: sample }).click();
  await page.getByRole('button', { name: make }).click();
  await page.locator('.sample').waitFor({ timeout: 60_000 });
}

async function take(page, name, lang, theme, size) {
  const file = `${name}-${lang}-${theme}${size}`;
  await page.screenshot({ path: join(ALL, `${file}.png`), animations: 'disabled', caret: 'hide' });
  if (SHOWN.includes(file)) await copyFile(join(ALL, `${file}.png`), join(KEPT, `${file}.png`));
}

/** Every screen on a tablet; in light English in all sizes. */
async function takeAll(browser, hub, words, theme) {
  const context = await browser.newContext({
    baseURL: hub.url,
    viewport: SIZES[0].viewport,
    locale: words.locale,
    colorScheme: theme,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  // Early evening, whenever the pictures are taken: the day has its visitors, and no picture differs by its date.
  await page.clock.setFixedTime(EVENING);
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await take(page, 'start', words.lang, theme, '');
  await sampleStudio(page, words);
  const sizes = words.lang === 'en' && theme === 'light' ? SIZES : SIZES.slice(0, 1);
  for (const { size, viewport } of sizes) {
    await page.setViewportSize(viewport);
    for (const [name, go] of Object.entries(SCREENS)) {
      await go(page);
      await take(page, name, words.lang, theme, size);
    }
  }
  await context.close();
  console.log(`screens: ${words.lang}, ${theme}`);
}

for (const folder of [ALL, KEPT]) await mkdir(folder, { recursive: true });
const hub = await startHub();
const browser = await chromium.launch(launchOptions);
try {
  for (const words of LANGUAGES) {
    for (const theme of THEMES) await takeAll(browser, hub, words, theme);
  }
} finally {
  await browser.close();
  await hub.stop();
}
