// What journeys through the timetable have in common.
import { expect } from './helper';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

/** A class and a room, and the owner as a coach. */
export async function describe(page: Page): Promise<void> {
  await page.goto('/settings/classes');
  await page.getByRole('button', { name: w.say('classes.class_add') }).click();
  let dialog = page.getByRole('dialog', { name: w.say('classes.class_add') });
  await dialog.getByLabel(w.say('classes.name')).fill('Morning yoga');
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(page.getByText('60 min · 12 seats')).toBeVisible();
  await page.getByRole('button', { name: w.say('classes.place_add') }).click();
  dialog = page.getByRole('dialog', { name: w.say('classes.place_add') });
  await dialog.getByLabel(w.say('classes.name')).fill('Small hall');
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(page.getByText('Small hall')).toBeVisible();
  await page.getByText(w.say('classes.coach_add')).click();
  const owner = page.getByRole('list', { name: w.say('classes.coach_add') }).getByRole('listitem').filter({ hasText: 'Lin Yue' });
  await owner.getByRole('button', { name: w.say('classes.coach_begin'), exact: true }).click();
  await expect(page.getByRole('button', { name: w.say('classes.coach_stop') })).toBeVisible();
}

/** A court among the places, open from nine to nine in the evening. */
export async function withCourt(page: Page, name = 'Court 1'): Promise<void> {
  await page.goto('/settings/classes');
  await page.getByRole('button', { name: w.say('classes.place_add') }).click();
  const dialog = page.getByRole('dialog', { name: w.say('classes.place_add') });
  await dialog.getByLabel(w.say('classes.name')).fill(name);
  await dialog.getByRole('radio', { name: w.say('classes.place_court'), exact: true }).check();
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(page.getByText(name)).toBeVisible();
}

/** How far the studio's clock is ahead of UTC, all year. */
const TAIPEI_MS = 8 * 60 * 60_000;

/** Days of the next week by the studio's clock, from Monday on, as the fields of a form want them. */
export function nextWeek(): string[] {
  const monday = new Date(Date.now() + TAIPEI_MS);
  monday.setUTCDate(monday.getUTCDate() + 7 - ((monday.getUTCDay() + 6) % 7));
  return Array.from({ length: 7 }, (_, day) => {
    const date = new Date(monday);
    date.setUTCDate(date.getUTCDate() + day);
    return date.toISOString().slice(0, 10);
  });
}

interface Plan {
  seats?: number;
  days?: string[];
  coach?: string;
  /** By the studio's clock: `09:00`. */
  start?: string;
  /** The first day, as the field of a form wants it. */
  first?: string;
  place?: string;
}

/** Plans the class every Tuesday and Thursday of next week on, at nine; at other times and with other seats if asked. */
export async function plan(
  page: Page,
  { seats, days = ['Tue', 'Thu'], coach = 'Lin Yue', start = '09:00', first = nextWeek()[1]!, place = 'Small hall' }: Plan = {},
): Promise<void> {
  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.plan') }).first().click();
  const dialog = page.getByRole('dialog', { name: w.say('classes.plan') });
  await dialog.getByLabel(w.like('classes.class')).first().selectOption({ label: 'Morning yoga' });
  await dialog.getByLabel(w.like('classes.coach')).selectOption({ label: coach });
  await dialog.getByLabel(w.like('classes.place')).selectOption({ label: place });
  await dialog.getByLabel(w.like('classes.start')).fill(start);
  await dialog.getByLabel(w.like('classes.first_day')).fill(first);
  const weekdays = dialog.getByRole('group', { name: w.say('classes.weekdays') });
  for (const day of await weekdays.getByRole('button', { pressed: true }).all()) await day.click();
  if (seats !== undefined) await dialog.getByLabel(w.like('classes.seats')).fill(String(seats));
  for (const day of days) await weekdays.getByRole('button', { name: day }).click();
  await dialog.getByRole('button', { name: w.say('classes.plan') }).click();
  await expect(dialog).toBeHidden();
}

export function block(page: Page, time: string): Locator {
  return page.locator('.week').getByRole('button', { name: time });
}
