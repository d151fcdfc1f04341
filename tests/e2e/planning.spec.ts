// What a planner does to a schedule that runs: one more date, other weekdays from a day on, a place on the map; and all of
// it from the keyboard.
import { foundStudio } from './desk';
import { axeInBothThemes, expect, picture, test } from './helper';
import { book, openClass, row, withVisits } from './seats';
import { block, describe, nextWeek, plan } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

/** The day so many days after one, as the fields of a form want it. */
function later(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Opens one of the forms about the session in hand. */
async function form(page: Page, key: string): Promise<Locator> {
  await page.getByRole('button', { name: w.say(key), exact: true }).click();
  return page.getByRole('dialog', { name: w.say(key) });
}

function sheet(page: Page): Locator {
  return page.getByRole('complementary', { name: w.say('classes.session') });
}

function day(dialog: Locator): Locator {
  return dialog.getByLabel(w.like('classes.day')).first();
}

test('an extra date is added to a weekly class, booked, moved and taken out again', async ({ page }) => {
  const [, tuesday, , , , saturday] = nextWeek();
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await plan(page, { days: ['Tue'], seats: 4 });
  await plan(page, { days: ['Sat'], start: '11:00', first: saturday });

  await openClass(page);
  let add = await form(page, 'classes.add_date');
  await add.getByRole('button', { name: w.say('classes.add_date_do') }).click();
  await expect(day(add)).toHaveAccessibleDescription(w.say('classes.needed'));
  await day(add).fill(tuesday!);
  await expect(day(add)).toHaveAccessibleDescription(w.say('classes.refused_session_that_day'));
  await day(add).fill(saturday!);
  await expect(day(add)).toHaveAccessibleDescription('');
  // It begins with what the schedule has; whoever would be needed twice is said before.
  await expect(add.getByLabel(w.like('classes.start'))).toHaveValue('09:00');
  await add.getByLabel(w.like('classes.start')).fill('11:30');
  await expect(add.getByText(w.like('classes.clash_note'))).toContainText('Lin Yue');
  await axeInBothThemes(page);
  await picture(page, 'add-date-en-light-tablet');
  await add.getByLabel(w.like('classes.start')).fill('13:00');
  await expect(add.getByText(w.like('classes.clash_note'))).toBeHidden();
  await add.getByLabel(w.like('classes.seats')).fill('2');
  await add.getByRole('button', { name: w.say('classes.add_date_do') }).click();
  await expect(add).toBeHidden();
  await expect(block(page, '13:00')).toHaveCount(1);

  await block(page, '13:00').click();
  await expect(sheet(page)).toContainText(w.say('classes.repeat_added'));
  await book(page, 'Ada Wong');
  await expect(row(page.getByTestId('roster'), 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await expect(block(page, '13:00')).toContainText('1/2');

  // It is changed like any other, by itself: there are no later ones.
  const change = await form(page, 'classes.change');
  await expect(change.getByRole('radio')).toHaveCount(0);
  await change.getByLabel(w.like('classes.start')).fill('14:00');
  await expect(change.getByTestId('touched')).toContainText('Ada Wong');
  await change.getByRole('button', { name: w.say('common.save') }).click();
  await expect(block(page, '14:00')).toContainText('1/2');
  const out = await form(page, 'classes.delete');
  await expect(out.getByTestId('touched')).toContainText('Ada Wong');
  await expect(out.getByRole('button', { name: w.say('classes.delete_later') })).toHaveCount(0);
  await out.getByRole('button', { name: w.say('classes.delete_this'), exact: true }).click();
  await expect(block(page, '14:00')).toHaveCount(0);

  // A date that was taken out stays empty, and the form says so.
  await block(page, '09:00').click();
  add = await form(page, 'classes.add_date');
  await day(add).fill(saturday!);
  await expect(day(add)).toHaveAccessibleDescription(w.say('classes.refused_date_deleted'));
  await add.getByRole('button', { name: w.say('classes.add_date_do') }).click();
  await expect(add).toBeVisible();
});

test('a class that was planned once gets another date after it, and stands in that week', async ({ page }) => {
  const wednesday = nextWeek()[2]!;
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.plan') }).first().click();
  const dialog = page.getByRole('dialog', { name: w.say('classes.plan') });
  await dialog.getByLabel(w.like('classes.class')).first().selectOption({ label: 'Morning yoga' });
  await dialog.getByLabel(w.like('classes.start')).fill('09:00');
  await dialog.getByLabel(w.like('classes.first_day')).fill(wednesday);
  await dialog.getByRole('radio', { name: w.say('classes.repeat_once'), exact: true }).check();
  await dialog.getByRole('button', { name: w.say('classes.plan') }).click();
  await expect(dialog).toBeHidden();
  await block(page, '09:00').click();
  const add = await form(page, 'classes.add_date');
  await day(add).fill(later(wednesday, 23));
  await add.getByRole('button', { name: w.say('classes.add_date_do') }).click();
  await expect(add).toBeHidden();
  await expect(page.locator('.week__column').nth(4).getByRole('button', { name: '09:00' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: w.say('classes.week_after') })).toBeVisible();
  for (let week = 0; week < 4; week += 1) await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await expect(block(page, '09:00')).toHaveCount(1);
});

test('a weekly class goes to other weekdays from a session on, and whoever loses a seat is named first', async ({ page }) => {
  const after = nextWeek().map((one) => later(one, 7));
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await plan(page, { seats: 4 });
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  const roster = page.getByTestId('roster');
  for (const [which, name] of ['Ada Wong', 'Bo Chen'].entries()) {
    await block(page, '09:00').nth(which).click();
    await book(page, name);
    await expect(row(roster, name)).toContainText(w.say('bookings.word_booked'));
  }

  // From Tuesday on: Tuesdays stay, Thursdays become Fridays.
  await block(page, '09:00').first().click();
  await expect(row(roster, 'Ada Wong')).toBeVisible();
  const repeat = await form(page, 'classes.repeat_otherwise');
  const weekdays = repeat.getByRole('group', { name: w.say('classes.weekdays') });
  await expect(weekdays.getByRole('button', { pressed: true })).toHaveText(['Tue', 'Thu']);
  await weekdays.getByRole('button', { name: 'Thu' }).click();
  await weekdays.getByRole('button', { name: 'Fri' }).click();
  await expect(repeat.getByTestId('touched')).toContainText('Bo Chen');
  await expect(repeat.getByTestId('touched')).toContainText(w.say('classes.touched_gone'));
  await expect(repeat.getByTestId('touched')).not.toContainText('Ada Wong');
  const last = repeat.getByLabel(w.like('classes.last_day'));
  await last.fill(later(after[1]!, -1));
  await expect(last).toHaveAccessibleDescription(new RegExp(w.say('classes.refused_never')));
  await last.fill(later(after[4]!, 7));
  await expect(repeat.getByText(w.say('classes.refused_never'))).toBeHidden();
  await axeInBothThemes(page);
  await picture(page, 'repeat-en-light-tablet');
  await repeat.getByRole('button', { name: w.say('common.save') }).click();
  await expect(repeat).toBeHidden();

  const column = (place: number): Locator => page.locator('.week__column').nth(place).getByRole('button', { name: '09:00' });
  await expect(column(4)).toBeVisible();
  await expect(column(3)).toHaveCount(0);
  await expect(column(1)).toContainText('1/4');
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await expect(sheet(page)).toContainText(/Every Tue and Fri, until/);
  // The week before is as it was; the week after has the other days; then it is over.
  await page.getByRole('button', { name: w.say('classes.week_before') }).click();
  await expect(column(3)).toBeVisible();
  await expect(column(4)).toHaveCount(0);
  for (const count of [2, 2, 0]) {
    await page.getByRole('button', { name: w.say('classes.week_after') }).click();
    await expect(block(page, '09:00')).toHaveCount(count);
  }
});

test('a class says how many are missing before it takes place, wherever somebody decides about it', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await plan(page, { days: ['Tue'], seats: 4 });
  await openClass(page);
  const change = await form(page, 'classes.change');
  const people = change.getByLabel(w.say('classes.people_min'), { exact: true });
  await people.fill('5');
  await expect(people).toHaveAccessibleDescription(w.like('classes.refused_needs_more', { seats: 4 }));
  await people.fill('2');
  await change.getByRole('radio', { name: w.say('classes.reach_all') }).check();
  await axeInBothThemes(page);
  await change.getByRole('button', { name: w.say('common.save') }).click();
  const missing = (count: number): string => w.say('bookings.missing_other', { count });
  await expect(sheet(page)).toContainText(missing(2));
  await expect(sheet(page)).toContainText(w.say('classes.seats_from', { seats: 4, people: 2 }));
  await expect(block(page, '09:00')).toContainText(missing(2));
  await axeInBothThemes(page);
  await picture(page, 'fewest-people-en-light-tablet');

  await book(page, 'Ada Wong');
  await expect(block(page, '09:00')).toContainText(w.say('bookings.missing_one', { count: 1 }));
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await openClass(page);
  await book(page, 'Bo Chen');
  await expect(block(page, '09:00')).toContainText('2/4');
  await expect(block(page, '09:00')).not.toContainText(w.like('bookings.missing_one'));
});

test('a meeting point is pasted out of a map, and its place leads there', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await page.getByRole('button', { name: w.say('classes.place_add') }).click();
  let dialog = page.getByRole('dialog', { name: w.say('classes.place_add') });
  await dialog.getByLabel(w.say('classes.name')).fill('Park gate');
  await dialog.getByRole('radio', { name: w.say('classes.place_outdoor'), exact: true }).check();
  const point = (): Locator => dialog.getByLabel(w.say('classes.place_point'), { exact: true });
  await point().fill('https://maps.app.goo.gl/abcdef');
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(point()).toHaveAccessibleDescription(new RegExp(w.say('classes.place_point_unread', { example: '25.0340, 121.5645' })));
  await axeInBothThemes(page);
  await point().fill('https://www.google.com/maps/place/Park/@25.1,121.5,17z/data=!3m1!4b1!3d25.033964!4d121.564468?entry=ttu');
  await dialog.getByLabel(w.like('classes.place_note')).focus();
  await expect(point()).toHaveValue('25.033964, 121.564468');
  const map = /openstreetmap\.org\/\?mlat=25\.033964&mlon=121\.564468/;
  await expect(dialog.getByRole('link', { name: w.like('classes.place_point_look') })).toHaveAttribute('href', map);
  await axeInBothThemes(page);
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(dialog).toBeHidden();

  await plan(page, { days: ['Tue'], place: 'Park gate' });
  await block(page, '09:00').click();
  const link = sheet(page).getByRole('link', { name: w.say('classes.place_on_map', { place: 'Park gate' }) });
  await expect(link).toHaveText('Park gate');
  await expect(link).toHaveAttribute('href', map);
  await axeInBothThemes(page);
  // The coach's own screen of the class leads there as well.
  await sheet(page).locator('.roster__whole').click();
  await expect(page.getByTestId('hand').getByRole('link', { name: w.say('classes.place_on_map', { place: 'Park gate' }) })).toHaveAttribute('href', map);

  // It is there when the place is looked at again, and can be taken away.
  await page.goto('/settings/classes');
  await page.getByRole('listitem').filter({ hasText: 'Park gate' }).getByRole('button', { name: w.say('common.edit') }).click();
  dialog = page.getByRole('dialog', { name: w.say('classes.place_edit') });
  await expect(point()).toHaveValue('25.033964, 121.564468');
  await point().fill('');
  await dialog.getByRole('button', { name: w.say('common.save') }).click();
  await expect(dialog).toBeHidden();
  await openClass(page);
  await expect(sheet(page)).toContainText('Park gate');
  await expect(link).toHaveCount(0);
});

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, there: Locator): Promise<void> {
  await expect(there).toBeVisible();
  for (let step = 0; step < 80; step += 1) {
    if (await there.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not get there');
}

test('a class is moved to another time from the keyboard alone', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await plan(page, { days: ['Wed'] });
  await page.goto('/');
  await tabTo(page, page.getByRole('navigation', { name: w.say('shell.nav.label') }).getByRole('link', { name: w.say('shell.nav.classes') }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: w.say('classes.week_after') }));
  await page.keyboard.press('Enter');
  await tabTo(page, block(page, '09:00'));
  await page.keyboard.press('Enter');
  await tabTo(page, sheet(page).getByRole('button', { name: w.say('classes.change'), exact: true }));
  await page.keyboard.press('Enter');
  const change = page.getByRole('dialog', { name: w.say('classes.change') });
  const start = change.getByLabel(w.like('classes.start'));
  await tabTo(page, start);
  await page.keyboard.type('1030');
  await expect(start).toHaveValue('10:30');
  await page.keyboard.press('Enter');
  await expect(change).toBeHidden();
  await expect(block(page, '10:30')).toBeVisible();
  await expect(block(page, '09:00')).toHaveCount(0);
  // Whoever works by keyboard is still where they were.
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.sheet, .week') !== null)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toBeHidden();
  await expect(block(page, '10:30')).toBeFocused();
});
