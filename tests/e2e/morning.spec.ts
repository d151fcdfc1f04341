// The desk's first morning, from an empty browser to a second tablet that agrees: the network is cut after the first
// load, the browser is killed in the middle, and nothing may be lost.
import type { Page } from '@playwright/test';

import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { atHome, expect, keptForOffline, test } from './helper';
import { Words, type Language } from './words';

const IMPORTED = 200;

/** A studio in one language: what its people are called and how its old list heads the columns. */
interface Studio {
  language: Language;
  locale: string;
  guest: string;
  member: string;
  header: string;
  tenVisits: string;
  terms: [title: string, fees: string, services: string, refunds: string];
}

const STUDIOS: Studio[] = [
  {
    language: 'en',
    locale: 'en-GB',
    guest: 'Guest',
    member: 'Zhang Jiamin',
    header: 'Name,Phone,Birthday,Plan,Valid until,Visits left',
    tenVisits: '10 visits',
    terms: ['Terms', '1200 a month', 'The hall', 'In proportion'],
  },
  {
    language: 'zh-Hans',
    locale: 'zh-CN',
    guest: '来宾',
    member: '张嘉敏',
    header: '姓名,手机,生日,套餐,有效期至,剩余次数',
    tenVisits: '10 次卡',
    terms: ['入会条款', '每月 1200 元', '训练大厅', '按比例退还'],
  },
  {
    language: 'zh-Hant',
    locale: 'zh-TW',
    guest: '來賓',
    member: '張嘉敏',
    header: '姓名,手機,生日,方案,有效期限,剩餘次數',
    tenVisits: '10 次票',
    terms: ['入會條款', '每月 1200 元', '訓練大廳', '按比例退還'],
  },
];

/** A day so many days from today, as the list of an old system writes it. */
function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

/** 200 people and three rows that nobody can import; the last of the guests has a pass that ended. */
function oldList({ guest, header }: Studio): Buffer {
  const rows = [header];
  for (let n = 1; n <= IMPORTED; n += 1) {
    const number = String(n).padStart(3, '0');
    const until = n === 18 ? day(-3) : day(200);
    rows.push(`${guest} ${number},0912300${number},1990-01-${String((n % 28) + 1).padStart(2, '0')},Old pass,${until},`);
  }
  rows.push('Bad Date,0912399901,1990-13-45,Old pass,2027-01-01,');
  rows.push('Bad Visits,0912399902,1990-01-01,Old pass,2027-01-01,many');
  rows.push(',0912399903,1990-01-01,Old pass,2027-01-01,');
  return Buffer.from(`${rows.join('\n')}\n`);
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

async function letInRed(page: Page, name: string, words: Words): Promise<void> {
  await page.getByTestId('scan').fill(name);
  await expect(page.getByRole('option', { name: new RegExp(name) })).toBeVisible();
  await page.getByTestId('scan').press('Enter');
  await expect(page.getByTestId('answer')).toHaveAttribute('data-light', 'stop');
  await page.getByRole('button', { name: words.say('attendance.let_in') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: words.say('attendance.let_in_pays') }).click();
  await dialog.getByRole('button', { name: words.say('attendance.let_in') }).click();
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

async function cameToday(page: Page, count: number, words: Words): Promise<void> {
  await page.goto('/check-in');
  await expect(page.getByText(words.say('attendance.recent_count', { count }))).toBeVisible();
}

async function changePhone(page: Page, name: string, phone: string, words: Words): Promise<void> {
  await page.goto('/members');
  await page.getByLabel(words.say('members.search_label')).fill(name);
  await page.getByRole('option', { name: new RegExp(name) }).click();
  await page.getByRole('link', { name: words.say('members.file.edit') }).click();
  await page.getByLabel(words.say('members.form.phone'), { exact: true }).fill(phone);
  await page.getByRole('button', { name: words.say('members.form.save_changes') }).click();
  await expect(page.getByRole('link', { name: phone })).toBeVisible();
}

/** An old list: 200 people come along, three rows say why they do not. */
async function importList(page: Page, studio: Studio, words: Words): Promise<void> {
  await page.goto('/members/import');
  const file = { name: 'old.csv', mimeType: 'text/csv', buffer: oldList(studio) };
  await page.getByLabel(words.say('import.choose')).setInputFiles(file);
  await expect(page.getByTestId('bad')).toContainText(words.say('import.bad', { count: 3 }));
  await page.getByRole('button', { name: words.say('import.run', { count: IMPORTED }) }).click();
  await expect(page.getByTestId('import-result')).toContainText(words.say('import.added', { count: IMPORTED }));
}

async function publishTerms(page: Page, { terms }: Studio, words: Words): Promise<void> {
  await page.goto('/settings/terms');
  for (const [at, field] of ['name', 'fees', 'services', 'refund'].entries()) {
    await page.getByLabel(words.say(`members.terms.${field}`)).fill(terms[at]);
  }
  await page.getByRole('button', { name: words.say('members.terms.publish') }).click();
  await expect(page.getByText(words.like('members.terms.in_force', { version: 1 }))).toBeVisible();
}

/** One by hand, with photo and signature; the id of the new file. */
async function registerByHand(page: Page, name: string, words: Words): Promise<string> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: new RegExp(`^${words.say('members.form.name')}`) }).fill(name);
  await page.getByLabel(words.say('members.form.phone'), { exact: true }).fill('0922111222');
  const face = { name: 'face.png', mimeType: 'image/png', buffer: await page.screenshot() };
  await page.locator('input[type=file]').last().setInputFiles(face);
  await sign(page);
  await page.getByRole('button', { name: words.say('members.form.save'), exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
  return page.url().split('/members/')[1].split(/[/?]/)[0];
}

/** Ten visits for cash, and the receipt on paper. */
async function sellTenVisits(page: Page, id: string, { member, tenVisits }: Studio, words: Words): Promise<void> {
  await page.goto(`/sell/${id}`);
  await page.getByRole('radio', { name: new RegExp(tenVisits) }).check();
  await page.getByRole('radio', { name: words.say('payments.tender_cash') }).check();
  await page.getByRole('button', { name: words.like('passes.do_sell') }).click();
  await expect(page.getByTestId('sold')).toContainText(tenVisits);
  await page.getByRole('link', { name: words.like('passes.open_receipt') }).click();
  await expect(page.getByTestId('receipt')).toContainText(member);
  await page.emulateMedia({ media: 'print' });
  // What goes to the paper is the receipt alone.
  await expect(page.getByTestId('receipt').last()).toBeVisible();
  await expect(page.getByRole('navigation', { name: words.say('shell.nav.label') })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
}

async function letPassAll(page: Page, { guest }: Studio, first: number, last: number): Promise<void> {
  for (let n = first; n <= last; n += 1) await letPass(page, `${guest} ${String(n).padStart(3, '0')}`);
}

for (const studio of STUDIOS) {
  const words = new Words(studio.language);
  const { guest, member } = studio;

  test(`the first morning, with the network down and a browser that dies, ${words.language}`, async ({
    hub,
    openTablet,
    openDevice,
  }) => {
    test.setTimeout(300_000);
    const tablet = await openTablet({ language: studio.locale });
    let page = atHome(await tablet.start(), hub.url);
    await page.goto('/');
    await foundStudio(page, {}, words);
    await keptForOffline(page);
    await page.context().setOffline(true);

    await importList(page, studio, words);
    await publishTerms(page, studio, words);
    const id = await registerByHand(page, member, words);
    await sellTenVisits(page, id, studio, words);

    // Twenty people: a reload in between, a browser killed in the middle, one twice, one whose pass had ended.
    await toDoor(page);
    await letPassAll(page, studio, 1, 8);
    await page.reload();
    await letPassAll(page, studio, 9, 13);
    await tablet.kill();
    page = atHome(await tablet.start(), hub.url);
    await page.context().setOffline(true);
    await cameToday(page, 13, words);
    await expect(page.getByTestId('scan')).toBeFocused();
    await letPassAll(page, studio, 14, 17);
    await letInRed(page, `${guest} 018`, words);
    await letPass(page, member);
    await expect(page.getByTestId('arrivals')).toContainText('10 → 9');
    await letPass(page, `${guest} 019`);
    await letPass(page, `${guest} 001`);
    await cameToday(page, 20, words);

    // The hub it was loaded from takes everything over, and a second tablet shows the same.
    await page.context().setOffline(false);
    await claimHub(page, await hub.claimCode(), words);
    const way = await letIn(page, undefined, words);
    const second = await openDevice({ locale: studio.locale });
    await joinByCode(second, way.code, undefined, words);
    await allSynced(second, words);
    await cameToday(second, 20, words);
    await second.goto('/members');
    await expect(second.getByText(words.say('members.count', { count: IMPORTED + 1 }))).toBeVisible();

    // Both go offline, both work, both come back.
    await keptForOffline(second);
    await page.context().setOffline(true);
    await second.context().setOffline(true);
    await changePhone(page, `${guest} 100`, '0933000001', words);
    await changePhone(second, `${guest} 100`, '0933000002', words);
    await toDoor(page);
    await letPass(page, `${guest} 101`);
    await toDoor(second);
    await letPass(second, `${guest} 102`);
    await page.context().setOffline(false);
    await allSynced(page, words);
    await second.context().setOffline(false);
    // The same number on both is one card on the exceptions desk, on either of them.
    for (const one of [page, second]) {
      await cameToday(one, 22, words);
      await one.goto('/needs-you');
      await expect(one.getByText(words.like('members.odd.conflict'))).toHaveCount(1);
    }
  });
}
