// A coach's phone in the park: prepared at home, a whole class without a network, closed and opened again, and home; and rain.
import { allSynced, joinByCode, letIn } from './desk';
import { ownerWithHub } from './faults';
import { axeInBothThemes, expect, keptForOffline, picture, test, type Hub } from './helper';
import { book, row, withVisits } from './seats';
import { block, describe, plan } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

const PHONE = { viewport: { width: 390, height: 844 } };
const ZONE = 'Asia/Taipei';
const MINUTE_MS = 60_000;

/** A day and a time of it, as forms want them, by the studio's clock. */
function wall(at: Date): { on: string; time: string; weekday: string } {
  const part = (options: Intl.DateTimeFormatOptions, locale = 'en-GB'): string =>
    new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options }).format(at);
  return {
    on: part({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA'),
    time: part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    weekday: part({ weekday: 'short' }),
  };
}

/** A studio with a hub, a class, Marco who teaches, and Marco's phone. */
async function withCoach(page: Page, hub: Hub, openDevice: (options: typeof PHONE) => Promise<Page>): Promise<Page> {
  await ownerWithHub(page, hub);
  const way = await letIn(page, 'Marco', w, 'coach');
  const phone = await openDevice(PHONE);
  await joinByCode(phone, way.code, 'Phone');
  await keptForOffline(phone);
  await describe(page);
  await page.goto('/settings/classes');
  await page.getByText(w.say('classes.coach_add')).click();
  const marco = page.getByRole('list', { name: w.say('classes.coach_add') }).getByRole('listitem').filter({ hasText: 'Marco' });
  await marco.getByRole('button', { name: w.say('classes.coach_begin'), exact: true }).click();
  await expect(page.getByRole('button', { name: w.say('classes.coach_stop') })).toHaveCount(2);
  return phone;
}

/** A person's row in one hand: the whole of it is a button. */
function who(phone: Page, name: string): Locator {
  return phone.getByTestId('hand').getByRole('listitem').filter({ hasText: name }).locator('.hand__who');
}

async function openFromTheDay(phone: Page): Promise<void> {
  await phone.goto('/');
  await phone.getByRole('list', { name: w.say('bookings.day_own') }).getByRole('link', { name: 'Morning yoga' }).first().click();
  await expect(phone.getByTestId('hand')).toBeVisible();
}

test('a whole class without a network, the app closed and opened again, and home', async ({ page, hub, openDevice }) => {
  test.setTimeout(420_000);
  const phone = await withCoach(page, hub, openDevice);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  // It begins while the coach is at it: nobody can close a class that has not begun.
  const { on, time, weekday } = wall(new Date(Math.ceil((Date.now() + MINUTE_MS) / MINUTE_MS) * MINUTE_MS));
  await plan(page, { coach: 'Marco', seats: 2, first: on, days: [weekday], start: time });
  await page.locator('.week').getByRole('button', { name: time }).first().click();
  const roster = page.getByTestId('roster');
  await book(page, 'Ada Wong');
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await book(page, 'Bo Chen');
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  await allSynced(page);

  // Nothing of the desk on this phone; two people on the roster, and a tick once it is proven.
  await phone.goto('/');
  await expect(phone.getByRole('navigation').getByRole('link', { name: w.say('shell.nav.members') })).toHaveCount(0);
  await expect(phone.getByTestId('pack')).toContainText(w.say('bookings.pack_booked', { count: 2 }));
  await phone.getByRole('button', { name: w.say('bookings.prepare') }).click();
  await expect(phone.getByText(w.say('bookings.ready_said'))).toBeVisible();
  await axeInBothThemes(phone);

  const context = phone.context();
  await context.setOffline(true);
  await openFromTheDay(phone);
  await expect(phone.getByText(w.like('bookings.ready_since'))).toBeVisible();
  await phone.getByRole('button', { name: w.say('bookings.everybody_came') }).click();
  await expect(who(phone, 'Ada Wong')).toHaveAttribute('aria-pressed', 'true');
  await expect(who(phone, 'Bo Chen')).toHaveAttribute('aria-pressed', 'true');
  await who(phone, 'Bo Chen').click();
  await expect(who(phone, 'Bo Chen')).toHaveAttribute('aria-pressed', 'false');

  // Somebody new, over the number of seats: with a reason and not without.
  await phone.getByRole('button', { name: w.say('bookings.hand_add'), exact: true }).click();
  const adding = phone.getByRole('dialog', { name: w.say('bookings.add_walk_in') });
  await adding.getByRole('button', { name: w.say('bookings.new_person') }).click();
  await adding.getByRole('textbox', { name: /^Name/ }).fill('Dee Park');
  await adding.getByLabel(w.like('bookings.new_phone')).fill('0932 345 678');
  await adding.getByRole('button', { name: w.say('bookings.new_come') }).click();
  await expect(adding.getByText(w.say('bookings.refused_reason_missing'))).toBeVisible();
  await adding.getByLabel(w.like('bookings.over_why')).fill('Brought a mat');
  await adding.getByRole('button', { name: w.say('bookings.new_come') }).click();
  await expect(who(phone, 'Dee Park')).toHaveAttribute('aria-pressed', 'true');

  // A word about somebody.
  await phone.getByRole('button', { name: w.say('bookings.hand_more', { name: 'Ada Wong' }) }).click();
  const person = phone.getByRole('dialog', { name: 'Ada Wong' });
  await person.getByRole('button', { name: w.say('bookings.note_watch') }).click();
  await expect(person.getByRole('button', { name: w.say('bookings.note_watch') })).toHaveAttribute('aria-pressed', 'true');
  await phone.keyboard.press('Escape');
  await axeInBothThemes(phone);
  await picture(phone, 'roster-en-light-phone');

  // The app is closed and opened again, still without a network.
  await phone.close();
  const again = await context.newPage();
  await openFromTheDay(again);
  await expect(who(again, 'Ada Wong')).toHaveAttribute('aria-pressed', 'true');
  await expect(who(again, 'Ada Wong')).toContainText(w.say('bookings.note_watch'));
  await expect(who(again, 'Bo Chen')).toHaveAttribute('aria-pressed', 'false');
  await expect(who(again, 'Dee Park')).toHaveAttribute('aria-pressed', 'true');
  await again.getByRole('button', { name: w.say('bookings.close'), exact: true }).click({ timeout: 150_000 });
  const closing = again.getByRole('dialog', { name: w.say('bookings.close') });
  await expect(closing.getByText(w.say('bookings.close_note', { came: 2, absent: 1 }))).toBeVisible();
  await closing.getByRole('button', { name: w.say('bookings.close') }).click();
  await expect(again.getByText(w.say('bookings.done_waits'))).toBeVisible();

  // Elsewhere nothing is held against anybody yet.
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  await expect(roster).not.toContainText('Dee Park');

  await context.setOffline(false);
  // A page that was opened offline is not told by this browser that the network is back; the coach looks at the phone.
  await again.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(again.getByText(w.say('bookings.done_kept'))).toBeVisible();
  for (const name of ['Ada Wong', 'Bo Chen', 'Dee Park']) await expect(again.getByTestId('hand')).not.toContainText(name);
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.mark_present'));
  await expect(row(roster, 'Dee Park')).toContainText(w.say('bookings.mark_present'));
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.became_spent', { became: w.say('bookings.mark_absent') }));
});

test('rain: the coach calls the class off, visits come back, and there is a text in every language', async ({ page, hub, openDevice }) => {
  test.setTimeout(300_000);
  const phone = await withCoach(page, hub, openDevice);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  const { on, weekday } = wall(new Date(Date.now() + 2 * 24 * 60 * MINUTE_MS));
  await plan(page, { coach: 'Marco', seats: 2, first: on, days: [weekday], start: '09:00' });
  // What was planned is what is shown, also where that is next week.
  await block(page, '09:00').first().click();
  await book(page, 'Ada Wong');
  await expect(row(page.getByTestId('roster'), 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await allSynced(page);
  await openFromTheDay(phone);
  await expect(who(phone, 'Ada Wong')).toBeVisible();
  const address = new URL(phone.url()).pathname;
  await page.goto(`${address}/paper`);
  const code = page.getByTestId('roster-sheet').locator('[data-link]');
  await expect(code).toHaveAttribute('data-link', new URL(address, hub.url).href);
  await expect(page.getByTestId('roster-sheet')).toContainText('Ada Wong');
  await page.goto((await code.getAttribute('data-link'))!);
  await expect(who(page, 'Ada Wong')).toBeVisible();

  await phone.getByRole('button', { name: w.say('bookings.hand_rain') }).click();
  await phone.getByRole('button', { name: w.say('classes.call_off') }).click();
  const dialog = phone.getByRole('dialog', { name: w.say('classes.call_off') });
  await dialog.getByLabel(w.like('classes.why')).fill('Rain');
  await dialog.getByRole('button', { name: w.say('classes.call_off') }).click();
  const told = phone.getByTestId('tell');
  await expect(told.locator('[lang=en]')).toContainText('Morning yoga');
  await expect(told.locator('[lang=en]')).toContainText('Rain');
  for (const language of ['zh-Hans', 'zh-Hant']) await expect(told.locator(`[lang=${language}]`)).toContainText('Rain');
  await axeInBothThemes(phone);
  await page.goto(`/members/${ada}`);
  await expect(page.getByText(w.like('passes.words_visits', { count: 10 })).first()).toBeVisible();
});
