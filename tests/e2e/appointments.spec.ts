// One to one: hours, a time picked on a member's phone, the code with both phones offline, and the hour that two want.
import { allSynced, joinByCode, letIn } from './desk';
import { ownerWithHub } from './faults';
import { axeInBothThemes, expect, keptForOffline, picture, test } from './helper';
import { phoneOf, withVisits } from './seats';
import { describe } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

const PHONE = { viewport: { width: 390, height: 844 } };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** From a quarter past eleven at night on the studio is elsewhere: an appointment lies within one day. */
const ZONE = wall(new Date(), 'Asia/Taipei').time < '23:15' ? 'Asia/Taipei' : 'Europe/London';

test.use({ timezoneId: ZONE });

/** A time and its day, as the screens name them, by the studio's clock. */
function wall(at: Date, timeZone: string): { time: string; weekday: string } {
  const part = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
  return { time: part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }), weekday: part({ weekday: 'short' }) };
}

/** A kind of class for one, and Marco who teaches it. */
async function withCoach(page: Page, length: number): Promise<void> {
  await describe(page);
  await page.getByRole('button', { name: w.say('classes.class_add') }).click();
  const dialog = page.getByRole('dialog', { name: w.say('classes.class_add') });
  await dialog.getByLabel(w.say('classes.name')).fill('Boxing');
  await dialog.getByLabel(w.like('classes.length')).fill(String(length));
  await dialog.getByLabel(w.like('classes.seats')).fill('1');
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(dialog).toBeHidden();
}

async function teaches(page: Page, name: string): Promise<void> {
  await page.goto('/settings/classes');
  await page.getByText(w.say('classes.coach_add')).click();
  const row = page.getByRole('list', { name: w.say('classes.coach_add') }).getByRole('listitem').filter({ hasText: name });
  await row.getByRole('button', { name: w.say('classes.coach_begin'), exact: true }).click();
  await expect(page.getByRole('button', { name: w.say('classes.coach_stop') })).toHaveCount(2);
}

/** Publishes hours of one weekday. */
async function publish(page: Page, day: string, from: string, to: string): Promise<void> {
  await page.goto('/settings/hours');
  await page.getByRole('checkbox', { name: 'Boxing' }).check();
  await page.getByRole('button', { name: w.say('appointments.hours_add_of', { day }) }).click();
  await page.getByLabel(w.say('appointments.hours_from', { day })).fill(from);
  await page.getByLabel(w.say('appointments.hours_to', { day })).fill(to);
  await page.getByRole('button', { name: w.say('common.save') }).click();
  await expect(page.getByText(w.say('appointments.hours_said'))).toBeVisible();
}

function times(page: Page): Locator {
  return page.locator('.appointment__times').getByRole('button');
}

/** The appointments on a member's own phone. */
function mine(phone: Page): Locator {
  return phone.getByRole('list', { name: w.say('appointments.one_to_one') }).getByRole('listitem');
}

test('the code with both phones offline: a wrong one is told, the right one counts once', async ({ page, hub, openDevice }) => {
  test.setTimeout(600_000);
  await ownerWithHub(page, hub);
  const way = await letIn(page, 'Marco', w, 'coach');
  const coach = await openDevice(PHONE);
  await joinByCode(coach, way.code, 'Phone');
  await keptForOffline(coach);
  await withCoach(page, 5);
  await teaches(page, 'Marco');
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  await allSynced(page);
  const phone = await openDevice(PHONE);
  await phoneOf(page, ada, phone);

  // It begins while they are at it: nothing can be confirmed before.
  const begins = new Date(Math.ceil((Date.now() + 2 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS);
  const { time, weekday } = wall(begins, ZONE);
  await publish(coach, weekday, time, wall(new Date(begins.getTime() + 6 * MINUTE_MS), ZONE).time);
  await axeInBothThemes(coach);
  await allSynced(coach);
  await phone.goto('/classes');
  await phone.getByRole('link', { name: w.say('appointments.book_one') }).click();
  await expect(times(phone)).toHaveCount(1);
  await axeInBothThemes(phone);
  await picture(phone, 'appointment-pick-en-light-phone');
  const asked = (await times(phone).first().getAttribute('aria-label'))!;
  await times(phone).first().click();
  await expect(phone.getByText(w.like('appointments.booked_said')).or(phone.getByText(w.like('appointments.requested_said')))).toBeVisible();
  // It is given; the next week's is there to be picked.
  await expect(phone.getByRole('button', { name: asked })).toHaveCount(0);
  await allSynced(phone);
  await phone.goto('/');
  await expect(mine(phone)).toContainText('Marco');
  await expect(mine(phone)).toContainText(w.say('appointments.word_booked'));
  await coach.goto('/');
  const own = coach.getByRole('list', { name: w.say('appointments.one_to_one') }).getByRole('link', { name: 'Ada Wong' });
  await expect(own).toContainText(w.say('appointments.word_booked'));

  await Promise.all([phone, coach].map((device) => device.context().setOffline(true)));
  const shown = phone.getByTestId('appointment-code');
  await expect(shown).toBeVisible({ timeout: 200_000 });
  const code = (await shown.textContent()) ?? '';
  expect(code).toMatch(/^\d{4}$/);
  await axeInBothThemes(phone);
  await picture(phone, 'appointment-code-en-light-phone');
  await own.click();
  const hand = coach.getByTestId('appointment');
  await expect(hand.getByLabel(w.like('appointments.code'))).toBeVisible();
  await axeInBothThemes(coach);
  await type(hand, code === '1234' ? '4321' : '1234');
  await expect(hand.getByRole('status')).toHaveText(w.say('appointments.word_noted'));

  // Home: the hub compares it, the coach is told, and so is the desk.
  await coach.context().setOffline(false);
  await expect(hand.getByRole('status')).toHaveText(w.say('appointments.word_wrong_code'));
  await page.goto('/needs-you');
  await expect(page.getByText(w.say('appointments.odd_wrong_code', { name: 'Ada Wong', count: 1 }))).toBeVisible();

  // Once more, with both offline: the code on one phone and a press on the other.
  await coach.context().setOffline(true);
  await type(hand, code);
  await expect(hand.getByRole('status')).toHaveText(w.say('appointments.word_noted'));
  await picture(coach, 'appointment-hand-en-light-phone');
  await mine(phone).getByRole('button', { name: w.say('appointments.agree') }).click();
  await expect(mine(phone)).toContainText(w.say('appointments.word_noted'));
  await coach.context().setOffline(false);
  await expect(hand.getByRole('status')).toHaveText(w.say('appointments.word_confirmed'));
  await phone.context().setOffline(false);
  await expect(mine(phone)).toContainText(w.say('appointments.word_confirmed'));
  await allSynced(phone);
  await coach.goto('/');
  await expect(coach.getByText(w.say('appointments.lessons', { count: 1 }))).toBeVisible();
  await page.goto(`/members/${ada}`);
  await expect(page.getByText(w.like('passes.words_visits', { count: 9 })).first()).toBeVisible();

  /** Types a code on the coach's phone. */
  async function type(form: Locator, digits: string): Promise<void> {
    await form.getByLabel(w.like('appointments.code')).fill(digits);
    await form.getByRole('button', { name: w.say('appointments.code_give') }).click();
  }
});

test('given back in time the credit is theirs, and of two who want one hour one is told why not', async ({ page, hub, openDevice }) => {
  test.setTimeout(400_000);
  await ownerWithHub(page, hub);
  await withCoach(page, 60);
  const [ada, bo] = [await withVisits(page, 'Ada Wong', '0912 345 678'), await withVisits(page, 'Bo Chen', '0922 345 678')];
  const { weekday } = wall(new Date(Date.now() + 2 * DAY_MS), ZONE);
  await publish(page, weekday, '09:00', '10:00');
  await axeInBothThemes(page);
  await picture(page, 'appointment-hours-en-light-tablet');

  // At the desk: for somebody, and back again at once.
  await page.goto('/classes');
  await page.getByRole('link', { name: w.say('appointments.book_one') }).click();
  await page.getByRole('combobox', { name: w.say('appointments.member') }).fill('Ada');
  await page.getByRole('option', { name: 'Ada Wong' }).click();
  await axeInBothThemes(page);
  await picture(page, 'appointment-book-en-light-tablet');
  const free = await times(page).count();
  await times(page).first().click();
  // The day stays, with a time less.
  await expect(times(page)).toHaveCount(free - 1);
  await page.getByRole('button', { name: w.say('ui.undo') }).click();
  await expect(page.getByText(w.say('appointments.cancelled_said'))).toBeVisible();
  await expect(times(page)).toHaveCount(free);
  await allSynced(page);

  const [first, second] = [await openDevice(PHONE), await openDevice(PHONE)];
  await phoneOf(page, ada, first);
  await phoneOf(page, bo, second);
  await first.goto('/appointments');
  const day = (await first.locator('.pick__day').textContent()) ?? '';
  await times(first).first().click();
  await expect(first.getByText(w.say('appointments.day_taken'))).toBeVisible();
  await allSynced(first);
  await page.goto(`/members/${ada}`);
  await first.goto('/');
  await expect(mine(first)).toContainText(w.like('appointments.free_until'));
  await mine(first).getByRole('button', { name: w.like('appointments.cancel_of') }).click();
  await expect(first.getByText(w.say('appointments.cancelled_said'))).toBeVisible();
  await allSynced(first);
  await expect(page.getByText(w.like('passes.words_visits', { count: 10 })).first()).toBeVisible();

  // The second phone has heard that the hour is free again.
  await expect(async () => {
    await second.goto('/appointments');
    await expect(second.locator('.pick__day')).toHaveText(day, { timeout: 3_000 });
  }).toPass();
  await Promise.all([first, second].map((device) => device.context().setOffline(true)));
  for (const device of [first, second]) {
    await device.goto('/appointments');
    await times(device).first().click();
    await expect(device.getByText(w.say('appointments.requested_said'))).toBeVisible();
    await device.goto('/');
    await expect(mine(device)).toContainText(w.say('appointments.word_requested'));
  }
  await first.context().setOffline(false);
  await expect(mine(first)).toContainText(w.say('appointments.word_booked'));
  await allSynced(first);
  await second.context().setOffline(false);
  await expect(second.getByText(w.say('appointments.refused_taken'))).toBeVisible();
  await expect(mine(second)).toHaveCount(0);
  await axeInBothThemes(second);
});
