// Seats at the desk: booked, waited for, given back, and who came: the same on every tablet, and with the network down.
import { allSynced } from './desk';
import { joined, ownerWithHub } from './faults';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';
import { block, describe, plan } from './timetable';
import { ENGLISH as w } from './words';

import type { Locator, Page } from '@playwright/test';

/** Registers somebody and sells them ten visits for cash. */
async function withVisits(page: Page, name: string, phone: string): Promise<void> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name( required)?$/ }).fill(name);
  await page.getByLabel(w.say('members.form.phone'), { exact: true }).fill(phone);
  await page.getByRole('button', { name: w.say('members.form.save'), exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
  await page.goto(`/sell/${page.url().split('/members/')[1]!.split(/[/?]/)[0]}`);
  await page.getByRole('radio', { name: /10 visits/ }).check();
  await page.getByRole('radio', { name: w.say('payments.tender_cash') }).check();
  await page.getByRole('button', { name: w.like('passes.do_sell') }).click();
  await expect(page.getByTestId('sold')).toBeVisible();
}

/** Opens the first class of the week after this one. */
async function openClass(page: Page): Promise<Locator> {
  await page.goto('/classes');
  await page.getByRole('button', { name: w.say('classes.week_after') }).click();
  await block(page, '09:00').first().click();
  return page.getByTestId('roster');
}

async function book(page: Page, name: string): Promise<void> {
  const field = page.getByRole('combobox', { name: w.say('bookings.add'), exact: true });
  await field.fill(name);
  await page.getByRole('option', { name }).click();
}

/** Somebody's row of the roster. */
function row(roster: Locator, name: string): Locator {
  return roster.getByRole('listitem').filter({ hasText: name });
}

test('one seat, two who want it, and the one who waits moves up once', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await describe(page);
  await withVisits(page, 'Ada Wong', '0912 345 678');
  await withVisits(page, 'Bo Chen', '0922 345 678');
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

  // Ada gives it back; the hub gives it to Bo, and the other tablet shows that too.
  await allSynced(page);
  await row(roster, 'Ada Wong').getByRole('button', { name: w.say('bookings.cancel') }).click();
  await expect(row(roster, 'Ada Wong')).toBeHidden();
  await allSynced(page);
  await expect(row(roster, 'Bo Chen')).toContainText(w.say('bookings.word_booked'), { timeout: 30_000 });
  const elsewhere = await openClass(second);
  await expect(row(elsewhere, 'Bo Chen')).toContainText(w.say('bookings.word_booked'));
  await expect(elsewhere).toContainText(w.say('bookings.count', { taken: 1, capacity: 1 }));
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
