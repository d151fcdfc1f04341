// An address that a calendar program follows: made once, read without signing in, replaced, taken back, and had again.
import { allSynced, foundStudio } from './desk';
import { ownerWithHub } from './faults';
import { axeInBothThemes, expect, picture, test } from './helper';
import { book, openClass, phoneOf, withVisits } from './seats';
import { describe, plan } from './timetable';
import { ENGLISH as w } from './words';

import type { APIRequestContext, Locator, Page } from '@playwright/test';

function section(page: Page, key: string): Locator {
  return page.locator('section').filter({ has: page.getByRole('heading', { name: w.say(key), exact: true }) });
}

async function make(page: Page, key: string, again = false): Promise<string> {
  const here = section(page, key);
  const before = again ? await here.getByTestId('feed-address').textContent() : null;
  await here.getByRole('button', { name: w.say(again ? 'feeds.make_another' : 'feeds.make'), exact: true }).click();
  const shown = here.getByTestId('feed-address');
  await expect(shown).toHaveText(/\/api\/v1\/calendar\/[0-9a-f]{32}-[0-9a-f]{32}\.ics$/);
  // The address before stands there until the new one is saved.
  if (before) await expect(shown).not.toHaveText(before);
  return (await shown.textContent())!;
}

async function status(request: APIRequestContext, address: string): Promise<number> {
  return (await request.get(address)).status();
}

test('the timetable has an address; another takes its place, it is taken back, and undone', async ({ page, hub, request }) => {
  await ownerWithHub(page, hub);
  await describe(page);
  await plan(page);
  await allSynced(page);
  await page.goto('/settings/calendar');
  await axeInBothThemes(page);
  const first = await make(page, 'feeds.timetable');
  await expect(page.getByText(w.say('feeds.once'))).toBeVisible();
  await axeInBothThemes(page);
  await picture(page, 'calendar-en-light-tablet');
  await expect(section(page, 'feeds.timetable')).toContainText(w.like('feeds.in_use'));
  const read = await request.get(first);
  expect(read.status()).toBe(200);
  expect(read.headers()['content-type']).toContain('text/calendar');
  expect(await read.text()).toContain('SUMMARY:Morning yoga');
  expect(await status(request, first.replace(/[0-9a-f]{8}\.ics$/, '00000000.ics'))).toBe(404);

  const second = await make(page, 'feeds.timetable', true);
  expect(second).not.toBe(first);
  await expect.poll(() => status(request, second)).toBe(200);
  expect(await status(request, first)).toBe(404);
  await page.getByRole('button', { name: w.say('ui.undo') }).click();
  await expect.poll(() => status(request, first)).toBe(200);
  expect(await status(request, second)).toBe(404);

  // It is shown once: whoever comes back sees that it is there, and not what it is.
  await page.reload();
  const here = section(page, 'feeds.timetable');
  await expect(here).toContainText(w.like('feeds.in_use'));
  await expect(here.getByTestId('feed-address')).toHaveCount(0);
  await here.getByRole('button', { name: w.say('feeds.end') }).click();
  await expect.poll(() => status(request, first)).toBe(404);
});

test('without a network an address waits for the hub, and without a hub there is none', async ({ page, hub, request, openDevice }) => {
  await ownerWithHub(page, hub);
  await page.goto('/settings/calendar');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.context().setOffline(true);
  const address = await make(page, 'feeds.timetable');
  await expect(section(page, 'feeds.timetable')).toContainText(w.say('feeds.waits'));
  expect(await status(request, address)).toBe(404);
  await page.context().setOffline(false);
  await expect(section(page, 'feeds.timetable')).toContainText(w.like('feeds.in_use'));
  await expect.poll(() => status(request, address)).toBe(200);

  const alone = await openDevice();
  await alone.goto('/');
  await foundStudio(alone);
  await alone.goto('/settings/calendar');
  await expect(alone.getByText(w.say('feeds.needs_hub'))).toBeVisible();
});

test('a member’s address has their own bookings and nobody else’s name', async ({ page, hub, request, openDevice }) => {
  await ownerWithHub(page, hub);
  await describe(page);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await plan(page, { seats: 4, days: ['Tue'] });
  await openClass(page);
  await book(page, 'Ada Wong');
  await book(page, 'Bo Chen');
  await allSynced(page);
  const phone = await openDevice({ viewport: { width: 390, height: 844 } });
  await phoneOf(page, ada, phone);
  await phone.goto('/settings/calendar');
  const address = await make(phone, 'feeds.bookings');
  await axeInBothThemes(phone);
  await expect.poll(() => status(request, address)).toBe(200);
  const text = await (await request.get(address)).text();
  expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1);
  expect(text).toContain('SUMMARY:Morning yoga');
  for (const name of ['Ada Wong', 'Bo Chen']) expect(text).not.toContain(name);
});
