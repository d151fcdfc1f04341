// Seats at the desk: booked, waited for, given back, and who came: the same on every tablet, and with the network down.
import { allSynced, foundStudio } from './desk';
import { joined, ownerWithHub } from './faults';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';
import { book, openClass, row, withVisits } from './seats';
import { block, describe, nextWeek, plan } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator } from '@playwright/test';

test('one seat, two who want it, and the one who waits moves up once', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await withVisits(page, 'Cy Lin', '0932 345 678');
  await plan(page, { seats: 1, days: ['Tue'] });
  await allSynced(page);

  const roster = await openClass(page);
  await expect(roster).toContainText(w.say('bookings.roster_none'));
  await book(page, 'Ada Wong');
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await expect(block(page, '09:00').first()).toContainText('1/1');
  await axeInBothThemes(page);
  await book(page, 'Bo Chen');
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_waitlisted', { place: 1 }));
  await book(page, 'Bo Chen');
  await expect(page.getByText(w.say('bookings.refused_already_booked'))).toBeVisible();
  await book(page, 'Cy Lin');
  await expect(row(roster, 'Cy Lin')).toContainText(w.say('bookings.word_waitlisted', { place: 2 }));

  // Ada gives it back; the hub gives it to Bo, and the other tablet shows that too.
  await allSynced(page);
  await row(roster, 'Ada Wong').getByRole('button', { name: w.say('bookings.cancel') }).click();
  await expect(row(roster, 'Ada Wong')).toBeHidden();
  await allSynced(page);
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_booked'), { timeout: 30_000 });
  const elsewhere = await openClass(second);
  await expect(row(elsewhere, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  await expect(elsewhere).toContainText(w.say('bookings.count_waiting', { taken: 1, capacity: 1, waiting: 1 }));

  // Bo cannot come after all: the next one moves up, once, and nobody is left waiting.
  await row(roster, 'Bo Chen').getByRole('button', { name: w.say('bookings.cancel') }).click();
  await expect(row(roster, 'Bo Chen')).toBeHidden();
  for (const there of [roster, elsewhere]) {
    await expect(row(there, 'Cy Lin')).toContainText(w.say('bookings.word_booked'));
    await expect(there).toContainText(w.say('bookings.count', { taken: 1, capacity: 1 }));
    await expect(there.getByRole('listitem')).toHaveCount(1);
  }
});

test('seats stay with their class through every change of the timetable, and who is touched is named first', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await plan(page, { seats: 4 });
  for (const [which, name] of ['Ada Wong', 'Bo Chen'].entries()) {
    const roster = await openClass(page, which);
    await book(page, name);
    await expect(row(roster, name)).toContainText(w.say('bookings.word_booked'));
  }

  // Thursday's class moves to Friday, this one alone: Bo is in it and Ada is not.
  await page.getByRole('button', { name: w.say('classes.change'), exact: true }).click();
  const change = page.getByRole('dialog', { name: w.say('classes.change') });
  await change.getByLabel(w.like('classes.day')).first().fill(nextWeek()[4]!);
  await expect(change.getByTestId('touched')).toContainText('Bo Chen');
  await expect(change.getByTestId('touched')).not.toContainText('Ada Wong');
  await axeInBothThemes(page);
  await change.getByRole('button', { name: w.say('common.save') }).click();
  await expect(change).toBeHidden();

  // All of them begin earlier: both are named.
  await block(page, '09:00').first().click();
  await page.getByRole('button', { name: w.say('classes.change'), exact: true }).click();
  await change.getByRole('radio', { name: w.say('classes.reach_all') }).check();
  await change.getByLabel(w.like('classes.start')).fill('08:30');
  for (const name of ['Ada Wong', 'Bo Chen']) await expect(change.getByTestId('touched')).toContainText(name);
  await change.getByRole('button', { name: w.say('common.save') }).click();
  await expect(block(page, '08:30')).toHaveCount(2);

  // The class gets another name.
  await page.goto('/settings/classes');
  await page.getByRole('listitem').filter({ hasText: 'Morning yoga' }).getByRole('button', { name: w.say('common.edit') }).click();
  const named = page.getByRole('dialog', { name: w.say('classes.class_edit') });
  await named.getByLabel(w.say('classes.name')).fill('Sunrise yoga');
  await named.getByRole('button', { name: w.say('common.save') }).click();
  await expect(named).toBeHidden();

  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  const roster = page.getByTestId('roster');
  for (const [which, name] of ['Ada Wong', 'Bo Chen'].entries()) {
    const one = block(page, '08:30').nth(which);
    await expect(one).toContainText('Sunrise yoga');
    await expect(one).toContainText('1/4');
    await one.click();
    await expect(row(roster, name)).toContainText(w.say('bookings.word_booked'));
  }

  // Tuesday's is taken out: Ada is named before, and her visit is hers again.
  await block(page, '08:30').first().click();
  await page.getByRole('button', { name: w.say('classes.delete') }).click();
  const out = page.getByRole('dialog', { name: w.say('classes.delete') });
  await expect(out.getByTestId('touched').first()).toContainText('Ada Wong');
  await out.getByRole('button', { name: w.say('classes.delete_this'), exact: true }).click();
  await expect(block(page, '08:30')).toHaveCount(1);
  await expect(block(page, '08:30')).toContainText('1/4');
  await page.goto(`/members/${ada}`);
  await expect(page.getByText(w.like('passes.words_visits', { count: 10 })).first()).toBeVisible();
});

test('without the network a seat is requested, and it is certain when the hub has answered', async ({ page, hub }) => {
  await ownerWithHub(page, hub);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await plan(page, { seats: 2, days: ['Tue'] });
  await allSynced(page);
  await keptForOffline(page);
  await page.context().setOffline(true);
  let roster = await openClass(page);
  await book(page, 'Ada Wong');
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_requested'));
  await page.reload();
  roster = await openClass(page);
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_requested'));
  await page.context().setOffline(false);
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_booked'), { timeout: 30_000 });
});

test('seats a tablet holds are booked at once where there is no network, and sold to nobody else', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await withVisits(page, 'Cy Lin', '0932 345 678');
  await plan(page, { seats: 2, days: ['Tue'] });
  await allSynced(page);
  const roster = await openClass(page);
  await roster.getByText(w.say('hold.title')).click();
  await roster.getByLabel(w.like('hold.seats')).fill('1');
  await roster.getByRole('button', { name: w.say('hold.hold') }).click();
  await roster.getByText(w.say('hold.title')).click();
  await expect(roster).toContainText(w.like('hold.held', { count: 1 }));
  await axeInBothThemes(page);
  await allSynced(page);
  const elsewhere = await openClass(second);
  await book(second, 'Bo Chen');
  await expect(row(elsewhere, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  await book(second, 'Cy Lin');
  await expect(row(elsewhere, 'Cy Lin')).toContainText(w.say('bookings.word_waitlisted', { place: 1 }));

  await keptForOffline(page);
  await page.context().setOffline(true);
  await book(page, 'Ada Wong');
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await page.context().setOffline(false);
  await allSynced(page);
  await expect(row(elsewhere, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await expect(row(elsewhere, 'Cy Lin')).toContainText(w.say('bookings.word_waitlisted', { place: 1 }));
});

test('who came is marked, and nothing is held against anybody before the roster is closed', async ({ page }) => {
  const [, tuesday] = nextWeek();
  await page.goto('/');
  await foundStudio(page);
  await describe(page);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  const bo = await withVisits(page, 'Bo Chen', '0922 345 678');
  await withVisits(page, 'Cy Lin', '0932 345 678');
  await plan(page, { seats: 2, days: ['Tue'] });
  let roster = await openClass(page);
  await book(page, 'Ada Wong');
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));
  await book(page, 'Bo Chen');
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  // Days before nobody can be marked, and nothing can be closed.
  await expect(roster.getByRole('button', { name: w.say('bookings.mark_present') })).toHaveCount(0);
  await expect(roster.getByRole('button', { name: w.say('bookings.close') })).toHaveCount(0);

  // Ten minutes into the class, by the clock of the only device.
  await page.clock.setFixedTime(new Date(`${tuesday}T09:10:00+08:00`));
  await page.goto('/classes');
  await block(page, '09:00').first().click();
  roster = page.getByTestId('roster');
  await roster.getByRole('button', { name: w.say('bookings.everybody_came') }).click();
  const mark = (name: string, key: string): Locator => roster.getByRole('button', { name: w.say('bookings.mark_of', { mark: w.say(`bookings.${key}`), name }) });
  await expect(mark('Ada Wong', 'mark_present')).toHaveAttribute('aria-pressed', 'true');
  await expect(mark('Bo Chen', 'mark_present')).toHaveAttribute('aria-pressed', 'true');
  await mark('Bo Chen', 'mark_present').click();
  await expect(mark('Bo Chen', 'mark_present')).toHaveAttribute('aria-pressed', 'false');

  // One more than there are seats needs a word.
  const field = page.getByRole('combobox', { name: w.say('bookings.add_walk_in'), exact: true });
  await field.fill('Cy Lin');
  await page.getByRole('option', { name: 'Cy Lin' }).click();
  await expect(page.getByText(w.say('bookings.refused_reason_missing'))).toBeVisible();
  await page.getByLabel(w.like('bookings.over_why')).fill('Brought a mat');
  await field.fill('Cy Lin');
  await page.getByRole('option', { name: 'Cy Lin' }).click();
  await expect(row(roster, 'Cy Lin')).toContainText(w.say('bookings.word_walk_in'));
  await expect(roster).toContainText(w.say('bookings.count', { taken: 3, capacity: 2 }));
  await expect(roster.getByText(w.like('bookings.close_note', { came: 2, absent: 1 }))).toBeVisible();
  await axeInBothThemes(page);

  // Bo is marked absent in so many words, and it costs nothing yet: there is nothing to forgive.
  await mark('Bo Chen', 'mark_absent').click();
  await expect(mark('Bo Chen', 'mark_absent')).toHaveAttribute('aria-pressed', 'true');
  await expect(roster.getByRole('button', { name: w.say('bookings.forgive'), exact: true })).toHaveCount(0);
  await expect(roster).not.toContainText(w.say('bookings.became_spent', { became: w.say('bookings.mark_absent') }));

  await roster.getByRole('button', { name: w.say('bookings.close') }).click();
  await expect(row(roster, 'Ada Wong')).toContainText(w.say('bookings.mark_present'));
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.became_spent', { became: w.say('bookings.mark_absent') }));
  await axeInBothThemes(page);
  await row(roster, 'Bo Chen').getByRole('button', { name: w.say('bookings.forgive') }).click();
  const dialog = page.getByRole('dialog', { name: w.say('bookings.forgive_title') });
  await dialog.getByLabel(w.like('bookings.forgive_why')).fill('Was ill');
  await dialog.getByRole('button', { name: w.say('bookings.forgive') }).click();
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.became_forgiven_why', { became: w.say('bookings.mark_absent'), reason: 'Was ill' }));

  // Ada's visit is spent; Bo has his back.
  for (const [member, count] of [[ada, 9], [bo, 10]] as const) {
    await page.goto(`/members/${member}`);
    await expect(page.getByText(w.like('passes.words_visits', { count })).first()).toBeVisible();
  }
});
