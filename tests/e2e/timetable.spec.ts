// The week at the desk: what is taught is described, planned, moved, called off and taken out, and every device agrees.
import { readFileSync } from 'node:fs';

import { allSynced, foundStudio } from './desk';
import { joined, ownerWithHub } from './faults';
import { axeInBothThemes, expect, test } from './helper';
import { block, describe, nextWeek, plan } from './timetable';
import { ENGLISH as w } from './words';

test('a week is planned, one class is moved, one is called off, one taken out, and the rest stays', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await describe(page);
  await axeInBothThemes(page);
  await plan(page);
  await expect(block(page, '09:00')).toHaveCount(2);
  await axeInBothThemes(page);

  // Thursday's one goes to Friday at half past ten, this one alone.
  await block(page, '09:00').last().click();
  await page.getByRole('button', { name: w.say('classes.change'), exact: true }).click();
  const change = page.getByRole('dialog', { name: w.say('classes.change') });
  await change.getByLabel(w.like('classes.day')).first().fill(nextWeek()[4]!);
  await change.getByLabel(w.like('classes.start')).fill('10:30');
  await change.getByRole('button', { name: w.say('common.save') }).click();
  await expect(block(page, '10:30')).toHaveCount(1);
  await expect(block(page, '09:00')).toHaveCount(1);

  // The week after has both where they were; there one is called off and the other taken out.
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await expect(block(page, '09:00')).toHaveCount(2);
  await block(page, '09:00').first().click();
  await page.getByRole('button', { name: w.say('classes.call_off') }).click();
  const off = page.getByRole('dialog', { name: w.say('classes.call_off') });
  await off.getByLabel(w.say('classes.why')).fill('Rain');
  await off.getByRole('button', { name: w.say('classes.call_off') }).click();
  await expect(block(page, '09:00').first()).toContainText(w.say('classes.called_off_why', { why: 'Rain' }));
  await block(page, '09:00').last().click();
  await page.getByRole('button', { name: w.say('classes.delete') }).click();
  await page.getByRole('button', { name: w.say('classes.delete_this'), exact: true }).click();
  await expect(block(page, '09:00')).toHaveCount(1);

  // From the week after that on it begins earlier, all of it; what was taken out stays out.
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await block(page, '09:00').first().click();
  await page.getByRole('button', { name: w.say('classes.change'), exact: true }).click();
  await change.getByRole('radio', { name: w.say('classes.reach_all') }).check();
  await change.getByLabel(w.like('classes.start')).fill('08:30');
  await change.getByRole('button', { name: w.say('common.save') }).click();
  await expect(block(page, '08:30')).toHaveCount(2);
  await page.getByRole('button', { name: w.say('classes.week_before') }).click();
  await expect(block(page, '08:30')).toHaveCount(1);

  // The other tablet tells the same, also without a network.
  await allSynced(page);
  await second.goto('/classes');
  await second.getByRole('button', { name: w.say('classes.week_after') }).click();
  await expect(block(second, '10:30')).toHaveCount(1);
  await second.context().setOffline(true);
  await second.reload();
  await second.getByRole('button', { name: w.say('classes.week_after') }).click();
  await second.getByRole('button', { name: w.say('classes.week_after') }).click();
  await expect(block(second, '08:30')).toHaveCount(1);
  await expect(block(second, '08:30')).toContainText(w.say('classes.called_off_why', { why: 'Rain' }));
});

test('a block is carried to another day with the mouse, and the form asks for how many', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await plan(page);
  const from = (await block(page, '09:00').first().boundingBox())!;
  const friday = (await page.locator('.week__column').nth(4).boundingBox())!;
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 40, { steps: 4 });
  await page.mouse.move(friday.x + 20, from.y + 10 + from.height, { steps: 8 });
  await page.mouse.up();
  const change = page.getByRole('dialog', { name: w.say('classes.change') });
  await expect(change.getByLabel(w.like('classes.start'))).toHaveValue('10:00');
  await expect(change.getByLabel(w.like('classes.day')).first()).toHaveValue(nextWeek()[4]!);
  await change.getByRole('button', { name: w.say('common.save') }).click();
  await expect(page.locator('.week__column').nth(4).getByRole('button', { name: '10:00' })).toBeVisible();
});

test('a phone shows one day, and two classes with one coach at once are said before they are planned', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await plan(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('group', { name: w.say('classes.which_day') }).getByRole('button').nth(3).click();
  const row = page.locator('.day__list').getByRole('button', { name: '09:00' });
  await expect(row).toContainText('Small hall');
  await axeInBothThemes(page);
  await row.click();
  await expect(page.getByRole('complementary', { name: w.say('classes.session') })).toContainText('Lin Yue');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: w.say('classes.plan') }).first().click();
  const dialog = page.getByRole('dialog', { name: w.say('classes.plan') });
  await dialog.getByLabel(w.like('classes.class')).first().selectOption({ label: 'Morning yoga' });
  await dialog.getByLabel(w.like('classes.coach')).selectOption({ label: 'Lin Yue' });
  await dialog.getByLabel(w.like('classes.start')).fill('09:30');
  await dialog.getByLabel(w.like('classes.first_day')).fill(nextWeek()[3]!);
  await expect(dialog.getByText(/Needed twice at the same time: Lin Yue/)).toBeVisible();
  await dialog.getByLabel(w.like('classes.start')).fill('10:00');
  await expect(dialog.getByText(/Needed twice at the same time/)).toBeHidden();
});

test('a calendar from elsewhere is looked at row by row, taken over once, and handed on', async ({ page }) => {
  const [, tuesday, wednesday] = nextWeek().map((day) => day.replaceAll('-', ''));
  const event = (lines: string[]): string[] => ['BEGIN:VEVENT', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
  const file = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//elsewhere//EN',
    ...event(['UID:a', 'SUMMARY:Spin', 'LOCATION:Small hall', `DTSTART;TZID=Asia/Taipei:${tuesday}T180000`, 'DURATION:PT45M', 'RRULE:FREQ=WEEKLY']),
    ...event(['UID:b', 'SUMMARY:Open day', `DTSTART;VALUE=DATE:${wednesday}`]),
    ...event(['UID:c', 'SUMMARY:Morning yoga', 'STATUS:CANCELLED', `DTSTART;TZID=Asia/Taipei:${wednesday}T070000`, 'DURATION:PT1H']),
    'END:VCALENDAR', '',
  ].join('\r\n');
  const choose = (): Promise<void> =>
    page.getByLabel(w.say('calendar.open')).setInputFiles({ name: 'old.ics', mimeType: 'text/calendar', buffer: Buffer.from(file) });

  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  await choose();
  const rows = page.getByTestId('calendar-rows');
  await expect(rows).toContainText(w.say('calendar.offered', { count: 1 }));
  await expect(rows.getByRole('listitem').filter({ hasText: 'Spin' })).toContainText(w.say('calendar.new_class'));
  await expect(rows.getByRole('listitem').filter({ hasText: 'Open day' })).toContainText(w.say('calendar.out_whole_day'));
  await expect(rows.getByRole('listitem').filter({ hasText: 'Morning yoga' })).toContainText(w.say('calendar.out_cancelled'));
  await axeInBothThemes(page);
  await rows.getByRole('button', { name: w.say('calendar.take') }).click();
  await expect(page.getByText(w.say('calendar.taken', { count: 1 }))).toBeVisible();
  await choose();
  await expect(rows.getByRole('listitem').filter({ hasText: 'Spin' })).toContainText(w.say('calendar.out_here_already'));
  await expect(rows.getByRole('button', { name: w.say('calendar.take') })).toHaveCount(0);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: w.say('calendar.save') }).click();
  const saved = readFileSync(await (await download).path(), 'utf8');
  expect(saved).toContain('SUMMARY:Spin');
  expect(saved).toContain('LOCATION:Small hall');
  expect(saved).toContain(`${tuesday}T180000`);
  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await expect(block(page, '18:00')).toContainText('Spin');
});
