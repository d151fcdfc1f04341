// What journeys about seats have in common: somebody who may book, the roster of a class, a member's own phone.
import { allSynced } from './desk';
import { expect, keptForOffline } from './helper';
import { block } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

/** Registers somebody and sells them ten visits for cash; says whose file it is. */
export async function withVisits(page: Page, name: string, phone: string): Promise<string> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name( required)?$/ }).fill(name);
  await page.getByLabel(w.say('members.form.phone'), { exact: true }).fill(phone);
  await page.getByRole('button', { name: w.say('members.form.save'), exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
  const member = page.url().split('/members/')[1]!.split(/[/?]/)[0]!;
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /10 visits/ }).check();
  await page.getByRole('radio', { name: w.say('payments.tender_cash') }).check();
  await page.getByRole('button', { name: w.like('passes.do_sell') }).click();
  await expect(page.getByTestId('sold')).toBeVisible();
  return member;
}

/** Opens a class of the week after this one: the first, or a later one. */
export async function openClass(page: Page, which = 0): Promise<Locator> {
  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await block(page, '09:00').nth(which).click();
  return page.getByTestId('roster');
}

/** Books somebody by name. */
export async function book(page: Page, name: string): Promise<void> {
  const field = page.getByRole('combobox', { name: w.say('bookings.add'), exact: true });
  await field.fill(name);
  await page.getByRole('option', { name }).click();
}

/** Somebody's row of the roster. */
export function row(roster: Locator, name: string): Locator {
  return roster.getByRole('listitem').filter({ hasText: name });
}

/** Lets a member's own phone in, from their file at the desk. */
export async function phoneOf(desk: Page, member: string, phone: Page): Promise<void> {
  await desk.goto(`/members/${member}`);
  await desk.getByRole('button', { name: w.say('mine.phone_let_in') }).click();
  const link = (await desk.getByRole('dialog').locator('[data-link]').getAttribute('data-link')) ?? '';
  await phone.goto(link);
  await phone.getByRole('button', { name: w.say('start.join.go'), exact: true }).click();
  await expect(phone.getByTestId('my-card')).toBeVisible();
  await allSynced(phone);
  await keptForOffline(phone);
  await expect(desk.getByRole('dialog')).toContainText(w.like('sync.pair.joined'));
  await desk.keyboard.press('Escape');
}

/** A class on a member's phone, by the day it is on. */
export async function classOn(phone: Page, which = 0): Promise<Locator> {
  await phone.goto('/classes');
  await expect(phone.getByRole('heading', { level: 1, name: w.say('mine.title') })).toBeVisible();
  return phone.locator('.pick__row').nth(which);
}
