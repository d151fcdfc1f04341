// The desk's first morning, from an empty browser to a second tablet that agrees: the network is cut after the first
// load, the browser is killed in the middle, and nothing may be lost.
import type { Page } from '@playwright/test';

import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { expect, keptForOffline, test } from './helper';

const IMPORTED = 200;

/** A day so many days from today, as the list of an old system writes it. */
function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

/** 200 people and three rows that nobody can import; the last of the guests has a pass that ended. */
function oldList(): Buffer {
  const rows = ['Name,Phone,Birthday,Plan,Valid until,Visits left'];
  for (let n = 1; n <= IMPORTED; n += 1) {
    const number = String(n).padStart(3, '0');
    const until = n === 18 ? day(-3) : day(200);
    rows.push(`Guest ${number},0912300${number},1990-01-${String((n % 28) + 1).padStart(2, '0')},Old pass,${until},`);
  }
  rows.push('Bad Date,0912399901,1990-13-45,Old pass,2027-01-01,');
  rows.push('Bad Visits,0912399902,1990-01-01,Old pass,2027-01-01,many');
  rows.push(',0912399903,1990-01-01,Old pass,2027-01-01,');
  return Buffer.from(`${rows.join('\n')}\n`);
}

/** Addresses of the hub may be given without it, also in a browser that was started by hand. */
function atHome(page: Page, home: string): Page {
  const goto = page.goto.bind(page);
  page.goto = (url, options) => goto(new URL(url, home).href, options);
  return page;
}

async function toDoor(page: Page): Promise<void> {
  await page.goto('/check-in');
  await expect(page.getByTestId('scan')).toBeFocused();
}

/** Types a name at the door and confirms what the door says. */
async function letPass(page: Page, name: string): Promise<void> {
  await page.getByTestId('scan').fill(name);
  await expect(page.getByRole('option', { name: new RegExp(name) })).toBeVisible();
  await page.getByTestId('scan').press('Enter');
  await expect(page.getByTestId('who')).toHaveText(name);
  await page.getByTestId('check-in').click();
  await expect(page.getByTestId('answer')).toHaveCount(0);
}

async function letInRed(page: Page, name: string): Promise<void> {
  await page.getByTestId('scan').fill(name);
  await expect(page.getByRole('option', { name: new RegExp(name) })).toBeVisible();
  await page.getByTestId('scan').press('Enter');
  await expect(page.getByTestId('answer')).toHaveAttribute('data-light', 'stop');
  await page.getByRole('button', { name: 'Let in with a reason' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'pays today' }).click();
  await dialog.getByRole('button', { name: 'Let in with a reason' }).click();
  await expect(page.getByTestId('answer')).toHaveCount(0);
}

async function sign(page: Page): Promise<void> {
  const pad = page.locator('.sign__canvas');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error('no pad to sign on');
  await page.mouse.move(box.x + 30, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 60, { steps: 6 });
  await page.mouse.up();
}

async function cameToday(page: Page, count: number): Promise<void> {
  await page.goto('/check-in');
  await expect(page.getByText(`${count} visits today`)).toBeVisible();
}

async function changePhone(page: Page, name: string, phone: string): Promise<void> {
  await page.goto('/members');
  await page.getByLabel('Find a member').fill(name);
  await page.getByRole('option', { name: new RegExp(name) }).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Phone', { exact: true }).fill(phone);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('link', { name: phone })).toBeVisible();
}

test('the first morning, with the network down and a browser that dies', async ({ hub, openTablet, openDevice }) => {
  test.setTimeout(300_000);
  const tablet = await openTablet();
  let page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await foundStudio(page);
  await keptForOffline(page);
  await page.context().setOffline(true);

  // An old list: 200 people come along, three rows say why they do not.
  await page.goto('/members/import');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'old.csv', mimeType: 'text/csv', buffer: oldList() });
  await expect(page.getByTestId('bad')).toContainText('3 rows');
  await page.getByRole('button', { name: `Import ${IMPORTED} people` }).click();
  await expect(page.getByTestId('import-result')).toContainText(`${IMPORTED} people are on the list now`);

  // One by hand, with photo and signature.
  await page.goto('/settings/terms');
  await page.getByLabel('Title').fill('Terms');
  await page.getByLabel('Fees').fill('1200 a month');
  await page.getByLabel('Services').fill('The hall');
  await page.getByLabel('Refunds').fill('In proportion');
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText(/Version 1, published/)).toBeVisible();
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name/ }).fill('Zhang Jiamin');
  await page.getByLabel('Phone', { exact: true }).fill('0922111222');
  await page.locator('input[type=file]').last().setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: await page.screenshot() });
  await sign(page);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText('Zhang Jiamin');
  const member = page.url().split('/members/')[1].split(/[/?]/)[0];

  // Ten visits for cash, and the receipt.
  await page.goto(`/sell/${member}`);
  await page.getByRole('radio', { name: /10 visits/ }).check();
  await page.getByRole('radio', { name: 'Cash' }).check();
  await page.getByRole('button', { name: /^Sell for/ }).click();
  await expect(page.getByTestId('sold')).toContainText('10 visits');
  await page.getByRole('link', { name: /^Receipt/ }).click();
  await expect(page.getByTestId('receipt')).toContainText('Zhang Jiamin');
  await page.emulateMedia({ media: 'print' });
  // What goes to the paper is the receipt alone.
  await expect(page.getByTestId('receipt').last()).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });

  // Twenty people: a reload in between, a browser killed in the middle, one twice, one whose pass had ended.
  await toDoor(page);
  for (let n = 1; n <= 8; n += 1) await letPass(page, `Guest ${String(n).padStart(3, '0')}`);
  await page.reload();
  for (let n = 9; n <= 13; n += 1) await letPass(page, `Guest ${String(n).padStart(3, '0')}`);
  await tablet.kill();
  page = atHome(await tablet.start(), hub.url);
  await page.context().setOffline(true);
  await cameToday(page, 13);
  await expect(page.getByTestId('scan')).toBeFocused();
  for (let n = 14; n <= 17; n += 1) await letPass(page, `Guest ${String(n).padStart(3, '0')}`);
  await letInRed(page, 'Guest 018');
  await letPass(page, 'Zhang Jiamin');
  await expect(page.getByTestId('arrivals')).toContainText('10 → 9');
  await letPass(page, 'Guest 019');
  await letPass(page, 'Guest 001');
  await cameToday(page, 20);

  // The hub it was loaded from takes everything over, and a second tablet shows the same.
  await page.context().setOffline(false);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await allSynced(second);
  await cameToday(second, 20);
  await second.goto('/members');
  await expect(second.getByText('201 members')).toBeVisible();

  // Both go offline, both work, both come back.
  await keptForOffline(second);
  await page.context().setOffline(true);
  await second.context().setOffline(true);
  await changePhone(page, 'Guest 100', '0933000001');
  await changePhone(second, 'Guest 100', '0933000002');
  await toDoor(page);
  await letPass(page, 'Guest 101');
  await toDoor(second);
  await letPass(second, 'Guest 102');
  await page.context().setOffline(false);
  await allSynced(page);
  await second.context().setOffline(false);
  // The same number on both is one card on the exceptions desk, on either of them.
  for (const one of [page, second]) {
    await cameToday(one, 22);
    await one.goto('/needs-you');
    await expect(one.getByText(/two people changed it/)).toHaveCount(1);
  }
});
