// One person, written down twice: two tablets register the same member without a network, come home, and the desk makes one
// member of the two, lets them in by either card, and parts them again.
import type { Page } from '@playwright/test';

import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { axeInBothThemes, expect, keptForOffline, test, type Hub } from './helper';
import { ENGLISH as w } from './words';

const PHONE = '13812345678';

/** Two tablets of one studio, ready to go without a network. */
async function twoTablets(page: Page, hub: Hub, openDevice: () => Promise<Page>): Promise<Page> {
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await allSynced(second);
  await keptForOffline(page);
  await keptForOffline(second);
  return second;
}

async function offline(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.context().setOffline(true);
}

async function home(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.context().setOffline(false);
  for (const page of pages) await agreed(page);
}

/** Nothing waits to be sent; the desk may have been asked something since. */
async function agreed(page: Page): Promise<void> {
  const synced = w.like('shell.sync.synced').source;
  await expect(page.getByTestId('sync')).toContainText(new RegExp(`${synced}|needs? you`));
}

/** Registers somebody, sells ten visits for cash with a card, and gives back the file's id and the card's number. */
async function enrol(page: Page, name: string): Promise<{ id: string; card: string }> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name( required)?$/ }).fill(name);
  await page.getByLabel(w.say('members.form.phone'), { exact: true }).fill(PHONE);
  await page.getByRole('button', { name: w.say('members.form.save'), exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
  const id = page.url().split('/members/')[1].split(/[/?]/)[0];
  await page.goto(`/sell/${id}`);
  await page.getByRole('radio', { name: /10 visits/ }).check();
  await page.getByRole('radio', { name: w.say('payments.tender_cash') }).check();
  await page.getByRole('button', { name: w.like('passes.do_sell') }).click();
  await expect(page.getByTestId('sold')).toBeVisible();
  return { id, card: (await page.getByTestId('card-number').textContent()) ?? '' };
}

/** From the exceptions desk to the page of the two. */
async function toThePair(page: Page): Promise<void> {
  await page.goto('/needs-you');
  await page.getByRole('link', { name: w.say('members.odd.same_person') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.say('members.merge.title'));
}

async function merge(page: Page): Promise<void> {
  await page.getByRole('button', { name: w.say('members.odd.same_person') }).click();
  await expect(page.getByTestId('member-name')).toBeVisible();
}

/** What a scanner at the door does: types fast and ends with Enter. */
async function scan(page: Page, card: string): Promise<void> {
  await page.goto('/check-in');
  await expect(page.getByTestId('scan')).toBeFocused();
  await page.keyboard.type(card);
  await page.keyboard.press('Enter');
}

async function counted(page: Page, count: number): Promise<void> {
  await page.goto('/members');
  await expect(page.getByText(w.say('members.count', { count }), { exact: true })).toBeVisible();
}

async function fitsThePhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(wider, 'the page scrolls sideways').toBe(false);
  await axeInBothThemes(page);
  await page.setViewportSize({ width: 1180, height: 820 });
}

test('somebody whom two tablets wrote down is one member again, comes in by either card, and can be parted', async ({ page, hub, openDevice }) => {
  const second = await twoTablets(page, hub, openDevice);
  await offline(page, second);
  const first = await enrol(page, 'Chen Xiao');
  const other = await enrol(second, 'Xiao Chen');
  await home(page, second);
  await counted(second, 2);

  await page.goto('/needs-you');
  await expect(page.getByText(w.like('members.odd.duplicate'))).toBeVisible();
  await axeInBothThemes(page);
  await toThePair(page);
  await expect(page.getByRole('row', { name: /^Cards/ })).toContainText('2');
  await axeInBothThemes(page);
  await fitsThePhone(page);
  await page.getByRole('group', { name: 'name' }).getByRole('radio', { name: /Xiao Chen/ }).check();
  await merge(page);
  await expect(page.getByTestId('member-name')).toHaveText('Xiao Chen');
  await expect(page.getByTestId('answers').getByRole('listitem').filter({ hasText: '10 visits left' })).toHaveCount(2);
  await expect(page.getByText(w.say('members.merge.section'))).toBeVisible();
  // Looked at when the hub has answered: until then the file is drawn anew under the eyes of the test.
  await agreed(page);
  await axeInBothThemes(page);
  await fitsThePhone(page);
  await counted(page, 1);
  await page.goto('/needs-you');
  await expect(page.getByText(w.say('exceptions.empty_title'))).toBeVisible();

  // Either card, at either tablet: the same person, and the second scan is the same visit.
  await agreed(second);
  await counted(second, 1);
  await scan(second, first.card);
  await expect(second.getByTestId('who')).toHaveText('Xiao Chen');
  await second.getByTestId('check-in').click();
  await expect(second.getByTestId('answer')).toHaveCount(0);
  await scan(second, other.card);
  await expect(second.getByTestId('who')).toHaveText('Xiao Chen');
  await expect(second.getByTestId('answer')).toHaveAttribute('data-light', 'warn');
  await agreed(second);

  // The address of either entry shows the one member; the way back is on the file.
  await page.goto(`/members/${other.id}`);
  await expect(page.getByTestId('answers').getByRole('listitem').filter({ hasText: '9 visits left' })).toHaveCount(1);
  await page.getByRole('button', { name: w.say('members.merge.undo') }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(w.say('members.merge.undo_note'));
  await axeInBothThemes(page);
  await dialog.getByRole('button', { name: w.say('members.merge.undo') }).click();
  await expect(page.getByText(w.say('members.merge.undone_said'))).toBeVisible();
  await counted(page, 2);
  for (const [id, name] of [[first.id, 'Chen Xiao'], [other.id, 'Xiao Chen']]) {
    await page.goto(`/members/${id}`);
    await expect(page.getByTestId('member-name')).toHaveText(name);
    await expect(page.getByTestId('answers').getByRole('listitem').filter({ hasText: 'visits left' })).toHaveCount(1);
  }
});

test('what a tablet without a network did for the entry that was merged away counts, and the desk is told', async ({ page, hub, openDevice }) => {
  const second = await twoTablets(page, hub, openDevice);
  await offline(second);
  await enrol(page, 'Ma Wei');
  await allSynced(page);
  const late = await enrol(second, 'Wei Ma');
  await home(second);
  await expect(async () => {
    await page.goto('/needs-you');
    await expect(page.getByRole('link', { name: w.say('members.odd.same_person') })).toBeVisible({ timeout: 2_000 });
  }).toPass();

  // The tablet goes out again; meanwhile the two become one at the desk.
  await offline(second);
  await toThePair(page);
  await merge(page);
  await agreed(page);
  await scan(second, late.card);
  await second.getByTestId('check-in').click();
  await expect(second.getByTestId('answer')).toHaveCount(0);
  await home(second);

  await expect(async () => {
    await page.goto('/needs-you');
    await expect(page.getByText(w.like('members.odd.came_for_absorbed', { what: w.say('members.came.check_in') }))).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await page.getByRole('button', { name: w.say('members.odd.look') }).click();
  await expect(page.getByTestId('member-name')).toHaveText('Ma Wei');
  await expect(page.getByTestId('answers').getByRole('listitem').filter({ hasText: '9 visits left' })).toHaveCount(1);
});

test('without the hub nothing is merged, and whoever knows better says that they are two', async ({ page, hub, openDevice }) => {
  const second = await twoTablets(page, hub, openDevice);
  await offline(page, second);
  await enrol(page, 'Lin An');
  await enrol(second, 'Lin Ann');
  await home(page, second);
  await toThePair(page);
  await agreed(page);
  // Nobody has noticed yet that the hub is away: the press asks it first.
  await page.route('**/api/v1/status', (route) => route.abort());
  const same = page.getByRole('button', { name: w.say('members.odd.same_person') });
  await same.click();
  await expect(page.getByText(w.say('members.merge.needs_hub'))).toBeVisible();
  // And once it is noticed there is nothing to press.
  await offline(page);
  await expect(same).toBeDisabled();
  await page.unroute('**/api/v1/status');
  await expect(page.getByText(w.say('members.merge.needs_hub'))).toBeVisible();
  await axeInBothThemes(page);
  await page.getByRole('button', { name: w.say('members.odd.different') }).click();
  await expect(page.getByText(w.say('exceptions.empty_title'))).toBeVisible();
  await home(page);
  await counted(page, 2);
});
