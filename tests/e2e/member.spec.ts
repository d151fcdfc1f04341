// A member's own phone: their rows, the classes with their places, two taps; and the last seat that three wanted at once.
import { allSynced } from './desk';
import { joined, ownerWithHub } from './faults';
import { axeInBothThemes, expect, picture, test } from './helper';
import { book, classOn, openClass, phoneOf, row, withVisits } from './seats';
import { describe, plan } from './timetable';
import { ENGLISH as w } from './words';

import type { Page } from '@playwright/test';

const PHONE = { viewport: { width: 390, height: 844 } };

test('a member books on a phone of their own, and it knows nobody else', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  await describe(page);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  await plan(page, { seats: 1, days: ['Tue', 'Thu'] });
  await allSynced(page);
  const roster = await openClass(page, 1);
  await book(page, 'Bo Chen');
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  await allSynced(page);
  const phone = await openDevice(PHONE);
  await phoneOf(page, ada, phone);

  await expect(phone.getByTestId('my-card')).toContainText('Ada Wong');
  await expect(phone.getByText(w.like('passes.words_visits', { count: 10 })).first()).toBeVisible();
  // Nothing of the desk is in reach, and nobody else's name is on the phone.
  const bar = phone.getByRole('navigation', { name: w.say('shell.nav.label') });
  await expect(bar.getByRole('link')).toHaveText([w.say('shell.nav.mine'), w.say('shell.nav.classes'), w.say('shell.nav.settings')]);
  await phone.goto('/members');
  await expect(phone.getByRole('heading', { level: 1 })).toHaveText(w.say('common.not_found.title'));
  await phone.goto('/');
  await axeInBothThemes(phone);

  let tuesday = await classOn(phone, 0);
  const thursday = phone.locator('.pick__row').nth(1);
  await expect(tuesday).toContainText(w.say('mine.left', { count: 1 }));
  await expect(thursday).toContainText(w.say('mine.full'));
  await expect(phone.getByText('Bo Chen')).toHaveCount(0);
  await axeInBothThemes(phone);
  await tuesday.getByRole('button', { name: w.say('mine.book_of', { what: 'Morning yoga' }) }).click();
  await expect(tuesday).toContainText(w.say('bookings.word_booked'));
  await thursday.getByRole('button', { name: w.say('mine.wait_of', { what: 'Morning yoga' }) }).click();
  await expect(thursday).toContainText(w.say('bookings.word_waitlisted', { place: 1 }));
  await allSynced(phone);
  const atDesk = await openClass(page);
  await expect(row(atDesk, 'Ada Wong')).toContainText(w.say('bookings.word_booked'));

  // Given back on the phone: the desk sees the seat free.
  await phone.goto('/');
  const mine = phone.getByRole('list', { name: w.say('mine.bookings') }).getByRole('listitem');
  await expect(mine).toHaveCount(2);
  await expect(mine.first()).toContainText(w.like('mine.free_until'));
  await picture(phone, 'card-en-light-phone');
  await mine.first().getByRole('button', { name: w.like('mine.cancel_of') }).click();
  await expect(phone.getByText(w.say('mine.cancelled_said'))).toBeVisible();
  await expect(mine).toHaveCount(1);
  await expect(row(atDesk, 'Ada Wong')).toBeHidden();
  tuesday = await classOn(phone, 0);
  await expect(tuesday).toContainText(w.say('mine.left', { count: 1 }));
});

test('what was asked for without a network and could not be done is told, with the reason', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  await describe(page);
  const ada = await withVisits(page, 'Ada Wong', '0912 345 678');
  await plan(page, { seats: 4, days: ['Tue'] });
  await allSynced(page);
  const phone = await openDevice(PHONE);
  await phoneOf(page, ada, phone);
  await phone.context().setOffline(true);
  const tuesday = await classOn(phone);
  await tuesday.getByRole('button', { name: w.like('mine.book_of') }).click();
  await expect(phone.getByText(w.say('mine.requested_said'))).toBeVisible();
  await expect(tuesday).toContainText(w.say('bookings.word_requested'));

  // Meanwhile the class is called off at the desk.
  await openClass(page);
  await page.getByRole('button', { name: w.say('classes.call_off') }).click();
  const dialog = page.getByRole('dialog', { name: w.say('classes.call_off') });
  await dialog.getByLabel(w.like('classes.why')).fill('The coach is ill');
  await dialog.getByRole('button', { name: w.say('classes.call_off') }).click();
  await expect(dialog).toBeHidden();
  // Read anew, so that the word is of a meeting after the call-off and not of one before.
  await page.reload();
  await allSynced(page);

  await phone.context().setOffline(false);
  await expect(phone.getByTestId('sync')).toContainText(w.say('shell.sync.needs_you', { count: 1 }));
  await phone.goto('/');
  const told = phone.getByText(w.say('bookings.refused_does_not_take_place'));
  await expect(told).toBeVisible();
  await expect(phone.getByText(w.say('mine.none'))).toBeVisible();
  await axeInBothThemes(phone);
  // It is the member's own matter, not the desk's.
  await page.goto('/needs-you');
  await expect(page.getByText(w.say('bookings.refused_does_not_take_place'))).toHaveCount(0);
  await phone.getByRole('button', { name: w.say('exceptions.not_done_seen') }).click();
  await expect(told).toBeHidden();
});

test('three want the last seat without a network, and come back in every order', async ({ page, hub, openDevice }) => {
  test.slow();
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
  const cy = await withVisits(page, 'Cy Lin', '0932 345 678');
  await plan(page, { seats: 1, days: ['Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] });
  await allSynced(page);
  const phone = await openDevice(PHONE);
  await phoneOf(page, cy, phone);
  const wants = [
    { device: page, name: 'Ada Wong' },
    { device: second, name: 'Bo Chen' },
    { device: phone, name: 'Cy Lin' },
  ];
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
  for (const [which, order] of orders.entries()) {
    await Promise.all(wants.map(({ device }) => device.context().setOffline(true)));
    await Promise.all([
      openClass(page, which).then(() => book(page, 'Ada Wong')),
      openClass(second, which).then(() => book(second, 'Bo Chen')),
      classOn(phone, which).then((one) => one.getByRole('button', { name: w.like('mine.book_of') }).click()),
    ]);
    for (const { device, name } of wants) await expect(line(device, which, name)).toContainText(w.say('bookings.word_requested'));
    for (const index of order) {
      await wants[index]!.device.context().setOffline(false);
      await allSynced(wants[index]!.device);
    }
    // One has it, the others know their place, and every device says the same.
    const words = [w.say('bookings.word_booked'), w.say('bookings.word_waitlisted', { place: 1 }), w.say('bookings.word_waitlisted', { place: 2 })];
    for (const [turn, index] of order.entries()) {
      const { name, device } = wants[index]!;
      await expect(line(device, which, name)).toContainText(words[turn]!);
      await expect(line(page, which, name)).toContainText(words[turn]!);
      await expect(line(second, which, name)).toContainText(words[turn]!);
    }
  }

  /** Where somebody stands, as a device shows it. */
  function line(device: Page, which: number, name: string) {
    return device === phone ? phone.locator('.pick__row').nth(which) : row(device.getByTestId('roster'), name);
  }
});
