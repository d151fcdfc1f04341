// Courts by the hour: let at the desk, refused where somebody was first, given back, and seen from a member's phone.
import { allSynced, foundStudio } from './desk';
import { joined, ownerWithHub, register } from './faults';
import { axeInBothThemes, expect, keptForOffline, picture, test } from './helper';
import { phoneOf, withVisits } from './seats';
import { describe, nextWeek, plan, withCourt } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

const PHONE = { width: 390, height: 844 };

/** The courts of the Wednesday of next week: all of its hours are to come, whenever this is run. */
async function courtsOf(page: Page): Promise<void> {
  await page.goto('/classes/courts');
  const strip = page.getByRole('group', { name: w.say('courts.which_day'), exact: true });
  // A week on from any day of this week, and there its Wednesday.
  for (let day = 0; day < 7; day += 1) await page.getByRole('button', { name: w.say('courts.day_after') }).click();
  await strip.getByRole('button').nth(2).click();
  await expect(strip.getByRole('button').nth(2)).toHaveAttribute('aria-pressed', 'true');
}

/** A cell by its hours: `10:00–11:00`. */
function hours(page: Page, span: string, court = 'Court 1'): Locator {
  return page.getByRole('button', { name: `${court}, ${span}: ` });
}

function letting(page: Page): Locator {
  return page.getByRole('dialog', { name: w.say('courts.let_title') });
}

/** Lets an hour, or some, to a member. */
async function letTo(page: Page, span: string, name: string, count = 1): Promise<void> {
  await hours(page, span).click();
  const dialog = letting(page);
  await dialog.getByLabel(w.like('courts.hours')).fill(String(count));
  await dialog.getByRole('combobox', { name: w.like('courts.member') }).fill(name);
  await dialog.getByRole('option', { name }).click();
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).click();
}

test('a court is let once: whoever let the same hour without a network hears why not, and both tablets agree', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await withCourt(page);
  await register(page, 'Ada Wong');
  await register(page, 'Bo Chen');
  await allSynced(page);
  await courtsOf(second);
  await expect(hours(second, '10:00–11:00')).toContainText(w.say('courts.free'));
  await second.context().setOffline(true);

  await courtsOf(page);
  await letTo(page, '10:00–11:00', 'Ada Wong', 2);
  await expect(hours(page, '10:00–12:00')).toContainText('Ada Wong');
  await expect(hours(page, '10:00–12:00')).toContainText(w.say('courts.word_booked'));
  await axeInBothThemes(page);
  await picture(page, 'courts-en-light-tablet');
  // The page is read anew, so that the word is of a meeting after it.
  await page.reload();
  await allSynced(page);

  await letTo(second, '11:00–12:00', 'Bo Chen');
  await expect(second.getByText(w.say('courts.requested_said', { court: 'Court 1', time: '11:00' }))).toBeVisible();
  await expect(hours(second, '11:00–12:00')).toContainText(w.say('courts.word_requested'));
  await second.context().setOffline(false);
  await expect(second.getByTestId('sync')).toContainText(w.say('shell.sync.needs_you', { count: 1 }));
  await expect(hours(second, '10:00–12:00')).toContainText('Ada Wong');
  await second.goto('/needs-you');
  await expect(second.getByText(w.say('classes.refused_court_taken', { hour: '11:00' }))).toBeVisible();
  await expect(second.getByText(/Court 1 on .* at 11:00 for Bo Chen/)).toBeVisible();
  await second.getByRole('button', { name: w.say('courts.pick_another') }).click();
  await courtsOf(second);
  await courtsOf(page);
  for (const device of [page, second]) {
    await expect(hours(device, '10:00–12:00')).toContainText('Ada Wong');
    await expect(device.getByText('Bo Chen')).toHaveCount(0);
  }
});

test('what cannot be let is said: closed, taken, a class; and a class on a court that is let is said as well', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/classes/courts');
  await expect(page.getByText(w.say('courts.none'))).toBeVisible();
  await axeInBothThemes(page);
  await page.getByRole('link', { name: w.say('courts.none_begin') }).click();
  await expect(page).toHaveURL(/settings\/classes/);
  await describe(page);
  await withCourt(page);
  const wednesday = nextWeek()[2]!;
  await plan(page, { place: 'Court 1', days: ['Wed'], start: '14:00', first: wednesday });

  await courtsOf(page);
  await expect(hours(page, '14:00–15:00')).toContainText('Morning yoga');
  await hours(page, '13:00–14:00').click();
  const dialog = letting(page);
  await dialog.getByRole('radio', { name: w.say('courts.whom_other') }).check();
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).click();
  await expect(dialog.getByText(w.say('courts.needed'))).toBeVisible();
  await dialog.getByLabel(w.like('courts.name')).fill('Guest of the club');
  await dialog.getByLabel(w.like('courts.hours')).fill('2');
  await expect(dialog.getByText(w.say('courts.free_for', { count: 1 }))).toBeVisible();
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).click();
  await expect(dialog.getByText(w.say('classes.refused_class_on_court', { hour: '14:00' }))).toBeVisible();
  await axeInBothThemes(page);
  await dialog.getByLabel(w.like('courts.hours')).fill('1');
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).click();
  await expect(hours(page, '13:00–14:00')).toContainText('Guest of the club');
  await hours(page, '20:00–21:00').click();
  await dialog.getByRole('radio', { name: w.say('courts.whom_other') }).check();
  await dialog.getByLabel(w.like('courts.name')).fill('Guest of the club');
  await dialog.getByLabel(w.like('courts.hours')).fill('2');
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).click();
  await expect(dialog.getByText(w.say('classes.refused_court_closed', { opens: '09:00', closes: '21:00' }))).toBeVisible();
  await page.keyboard.press('Escape');

  // A class is planned over it: said before, and on the court afterwards.
  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.plan') }).first().click();
  const planning = page.getByRole('dialog', { name: w.say('classes.plan') });
  await planning.getByLabel(w.like('classes.class')).first().selectOption({ label: 'Morning yoga' });
  await planning.getByLabel(w.like('classes.place')).selectOption({ label: 'Court 1' });
  await planning.getByLabel(w.like('classes.start')).fill('13:30');
  await planning.getByLabel(w.like('classes.first_day')).fill(wednesday);
  await planning.getByRole('radio', { name: w.say('classes.repeat_once') }).check();
  await expect(planning.getByText(/Needed twice at the same time: Court 1/)).toBeVisible();
  await planning.getByRole('button', { name: w.say('classes.plan') }).click();
  await expect(planning).toBeHidden();
  await courtsOf(page);
  await expect(hours(page, '13:00–14:00')).toContainText(w.say('courts.clash', { name: 'Morning yoga' }));
  await hours(page, '13:00–14:00').click();
  const sheet = page.getByRole('complementary', { name: w.say('courts.hire') });
  await expect(sheet).toContainText(w.say('courts.clash', { name: 'Morning yoga' }));
  await expect(sheet).toContainText('Lin Yue');
  await axeInBothThemes(page);
});

test('a hire is undone, given back and had again, with the keyboard alone', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await withCourt(page, 'Court 1');
  await withCourt(page, 'Court 2');
  await register(page, 'Ada Wong');
  await courtsOf(page);
  // One stop for the whole table; the arrows go on from there.
  await page.getByRole('region', { name: w.say('courts.table') }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  await expect(hours(page, '09:00–10:00')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(hours(page, '10:00–11:00', 'Court 2')).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = letting(page);
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await dialog.getByRole('combobox', { name: w.like('courts.member') }).focus();
  await page.keyboard.type('Ada');
  await expect(dialog.getByRole('option', { name: 'Ada Wong' })).toBeVisible();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  const cell = hours(page, '10:00–11:00', 'Court 2');
  await expect(cell).toContainText('Ada Wong');
  await expect(cell).toBeFocused();
  await page.getByRole('button', { name: w.say('ui.undo') }).click();
  await expect(cell).toContainText(w.say('courts.free'));

  await cell.focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('combobox', { name: w.like('courts.member') }).fill('Ada');
  await dialog.getByRole('option', { name: 'Ada Wong' }).click();
  await dialog.getByRole('button', { name: w.say('courts.let_it') }).click();
  await expect(cell).toContainText('Ada Wong');
  await cell.press('Enter');
  const sheet = page.getByRole('complementary', { name: w.say('courts.hire') });
  await expect(sheet.getByRole('link', { name: 'Ada Wong' })).toBeVisible();
  await sheet.getByRole('button', { name: w.say('courts.give_back') }).press('Enter');
  await expect(cell).toContainText(w.say('courts.free'));
  await page.getByRole('button', { name: w.say('ui.undo') }).click();
  await expect(cell).toContainText('Ada Wong');
});

test('on a narrow screen the table scrolls inside its box', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  for (const name of ['Court 1', 'Court 2', 'Court 3', 'Court 4']) await withCourt(page, name);
  await page.setViewportSize(PHONE);
  await courtsOf(page);
  await axeInBothThemes(page);
  await picture(page, 'courts-en-light-phone');
  const widths = await page.evaluate(() => {
    const box = document.querySelector('.courts')!;
    return { page: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth, inside: box.scrollWidth, box: box.clientWidth };
  });
  expect(widths.page).toBeLessThanOrEqual(widths.screen);
  expect(widths.inside).toBeGreaterThan(widths.box);
  await hours(page, '09:00–10:00', 'Court 4').click();
  await expect(letting(page)).toBeVisible();
});

test('a member sees free hours without a name, and what they have among their bookings', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  await withCourt(page);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  await register(page, 'Bo Chen');
  await allSynced(page);
  await page.goto('/classes/courts');
  await page.getByRole('button', { name: w.say('courts.day_after') }).click();
  await letTo(page, '10:00–11:00', 'Ada Wong', 2);
  await expect(hours(page, '10:00–12:00')).toContainText('Ada Wong');
  await letTo(page, '14:00–15:00', 'Bo Chen');
  await expect(hours(page, '14:00–15:00')).toContainText('Bo Chen');
  await allSynced(page);
  const phone = await openDevice({ viewport: PHONE });
  await phoneOf(page, ada, phone);
  await keptForOffline(phone);
  const mine = phone.getByRole('list', { name: w.say('courts.mine') });
  await expect(mine).toContainText('Court 1');
  await expect(mine).toContainText('10:00–12:00');
  await expect(mine).toContainText(w.say('courts.word_booked'));
  await axeInBothThemes(phone);
  await phone.context().setOffline(true);
  await phone.goto('/classes/courts');
  await phone.getByRole('group', { name: w.say('courts.which_day') }).getByRole('button').nth(1).click();
  const free = phone.locator('.free__hour');
  await expect(free.first()).toHaveText('09:00');
  await expect(free.filter({ hasText: /^(10|11|14):00$/ })).toHaveCount(0);
  await expect(free.filter({ hasText: '12:00' })).toHaveCount(1);
  await expect(phone.getByText('Bo Chen')).toHaveCount(0);
  await axeInBothThemes(phone);
});
