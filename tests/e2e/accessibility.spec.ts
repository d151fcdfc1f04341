// Every screen of the app, furnished as after some months of work: nothing for axe to find, nothing wider than the
// screen. Each theme and each size once in every kind of script.
import type { Page } from '@playwright/test';

import { axe, expect, test } from './helper';
import { Words, type Language } from './words';

const TABLET = { width: 1180, height: 820 };
const PHONE = { width: 390, height: 844 };

const WALKS: { language: Language; locale: string; colorScheme: 'light' | 'dark'; viewport: typeof TABLET }[] = [
  { language: 'en', locale: 'en-GB', colorScheme: 'light', viewport: TABLET },
  { language: 'zh-Hans', locale: 'zh-CN', colorScheme: 'dark', viewport: TABLET },
  { language: 'zh-Hant', locale: 'zh-TW', colorScheme: 'light', viewport: PHONE },
  { language: 'en', locale: 'en-GB', colorScheme: 'dark', viewport: PHONE },
];

const SETTINGS = ['studio', 'plans', 'classes', 'calendar', 'terms', 'look', 'device', 'self-check-in', 'hub', 'devices', 'backup', 'about'];

async function sampleStudio(page: Page, words: Words): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: words.like('start.choose.sample') }).click();
  await page.getByRole('button', { name: words.say('start.sample.open') }).click();
  await expect(page.getByText(words.say('start.sample.banner'))).toBeVisible();
}

/** The id of the first member of the list. */
async function firstMember(page: Page): Promise<string> {
  await page.goto('/members');
  await page.getByRole('option').first().click();
  await expect(page.getByTestId('member-name')).toBeVisible();
  return page.url().split('/members/')[1].split(/[/?]/)[0];
}

/** The screen has arrived, says what it is, and fits the width. */
async function look(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await axe(page);
  const { wide, screen } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  expect(wide, `width of ${path}`).toBeLessThanOrEqual(screen);
}

for (const { language, locale, colorScheme, viewport } of WALKS) {
  const size = viewport === PHONE ? 'a phone' : 'a tablet';

  test.describe(() => {
    test.use({ locale, colorScheme, viewport });

    test(`every screen is sound: ${language}, ${colorScheme}, ${size}`, async ({ page }) => {
      test.setTimeout(240_000);
      const words = new Words(language);
      await sampleStudio(page, words);
      await axe(page);
      const member = await firstMember(page);
      await axe(page);
      for (const path of ['/members', '/members/new', '/members/import', '/check-in', '/classes', '/classes/courts', '/needs-you', '/sell', '/gallery']) {
        await look(page, path);
      }
      for (const path of [`/members/${member}`, `/members/${member}/edit`, `/sell/${member}`, `/card/${member}`, `/pay/${member}`]) {
        await look(page, path);
      }
      for (const name of SETTINGS) await look(page, `/settings/${name}`);
      const nobody = '00000000-0000-4000-8000-000000000000';
      for (const path of [`/receipts/${nobody}`, `/members/${nobody}/edit`, '/settings/no-such-page', '/no-such-screen']) {
        await look(page, path);
      }
    });
  });
}
