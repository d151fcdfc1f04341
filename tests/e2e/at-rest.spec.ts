// What a stolen profile shows: nothing that names anybody, in no database, no cache, no small storage and no file. And the
// data lease: a device that has not met its hub for too long shows nothing, keeps what it has not sent, and sends it.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Page } from '@playwright/test';

import { launchOptions } from './chromium.mjs';
import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { axeInBothThemes, expect, keptForOffline, started, test } from './helper';
import { ENGLISH as w, Words } from './words';

/** Nobody is called so, and no build has these in it. */
const CANARIES = ['Zwetschgenbaum', '0912345987', 'marzipanallergy', 'quince.canary', 'Oleanderweg'];
/** A text the page writes in clear on purpose: a search that does not find it would find nothing. */
const CONTROL = 'a control that must be found';
const DAY_MS = 86_400_000;

async function register(page: Page, name: string, phone = ''): Promise<void> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  if (phone) await page.getByLabel('Phone', { exact: true }).fill(phone);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

/** Three hundred people: more than lie in pages only after a quiet moment. */
async function importMany(page: Page): Promise<void> {
  const rows = Array.from({ length: 300 }, (_, n) => `${CANARIES[0]} ${n},09120${String(10_000 + n)},${CANARIES[3]}${n}@example.org`);
  const buffer = Buffer.from(`Name,Phone,Email\r\n${rows.join('\r\n')}\r\n`);
  await page.goto('/members/import');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: /^Import \d/ }).click();
  await expect(page.getByTestId('import-result')).toBeVisible();
}

/** Whatever this origin keeps, as one text: every row and key of every database, every cache, every small text. */
async function everythingKept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const latin = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const both = (bytes: Uint8Array) => `${latin(bytes)}\n${new TextDecoder().decode(bytes)}`;
    const plain = (value: unknown): string => {
      if (value instanceof Uint8Array) return both(value);
      if (value instanceof ArrayBuffer) return both(new Uint8Array(value));
      if (Array.isArray(value)) return value.map(plain).join('\n');
      if (value && typeof value === 'object') return Object.entries(value).map(([key, one]) => `${key}: ${plain(one)}`).join('\n');
      return String(value);
    };
    const kept: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open(name ?? '');
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
      for (const store of Array.from(database.objectStoreNames)) {
        const at = database.transaction(store).objectStore(store);
        const indexes = Array.from(at.indexNames, (index) => at.index(index));
        const asked = [at.getAll(), at.getAllKeys(), ...indexes.map((index) => index.getAllKeys())];
        await new Promise((done) => (at.transaction.oncomplete = done));
        kept.push(`== ${name} ${store}`, ...asked.map(({ result }) => plain(result)));
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const answer = await cache.match(request);
        kept.push(`== cache ${request.url}`, plain(await answer?.arrayBuffer()));
      }
    }
    for (const small of [localStorage, sessionStorage]) kept.push('== small', plain({ ...small }));
    kept.push(`== cookies ${document.cookie}`);
    return kept.join('\n');
  });
}

function found(text: string): string[] {
  return CANARIES.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()));
}

/** True when any file below holds the text, as bytes or as the browser's two-byte letters. */
async function filesHolding(folder: string, text: string): Promise<string[]> {
  const needles = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  const hits: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (needles.some((needle) => bytes.includes(needle))) hits.push(path.slice(folder.length));
  }
  return hits;
}

/** Says how the reading ahead of the start script ended. */
async function watchEarly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'rollcallEarly', {
      configurable: true,
      set(early: { read: Promise<unknown> }) {
        const told = (how: string) => Object.assign(globalThis, { earlyEnded: how });
        early.read.then(() => told('opened'), (why) => told(`failed: ${why}`));
        Object.defineProperty(globalThis, 'rollcallEarly', { value: early, configurable: true, writable: true });
      },
    });
  });
}

const earlyEnded = (page: Page) => page.evaluate(() => (globalThis as { earlyEnded?: string }).earlyEnded);

test('nothing this origin keeps names anybody, and a reload opens it again', async ({ page }) => {
  await watchEarly(page);
  await page.goto('/');
  await foundStudio(page);
  await importMany(page);
  await register(page, `${CANARIES[0]} Anna`, CANARIES[1]);
  const address = page.url();

  // A form half filled in is personal, too.
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name/ }).fill(`${CANARIES[0]} half`);
  await expect.poll(() => page.evaluate(() => localStorage.getItem('rollcall.draft.member'))).toBeTruthy();
  await page.reload();
  await expect(page.getByRole('textbox', { name: /^Name/ })).toHaveValue(`${CANARIES[0]} half`);
  expect(await earlyEnded(page)).toBe('opened');

  await page.goto(address);
  await expect(page.getByTestId('member-name')).toHaveText(`${CANARIES[0]} Anna`);
  await page.evaluate((control) => localStorage.setItem('control', control), CONTROL);
  const kept = await everythingKept(page);
  expect(kept).toContain(CONTROL);
  expect(kept).toContain('== rollcall-store pages');
  expect(kept).toContain('== rollcall-journal entries');
  expect(kept).toContain('contact/');
  expect(found(kept)).toEqual([]);
});

test('a key that does not fit leads to words and not to a crash, and nothing is lost', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  const swap = async (from: string, to: string) =>
    page.evaluate(
      ([from, to]) =>
        new Promise<void>((done) => {
          const request = indexedDB.open('rollcall-keys');
          request.onsuccess = () => {
            const keys = request.result.transaction('keys', 'readwrite').objectStore('keys');
            keys.get(from).onsuccess = ({ target }) => {
              keys.put((target as IDBRequest).result, to);
              keys.delete(from);
            };
            keys.transaction.oncomplete = () => (request.result.close(), done());
          };
        }),
      [from, to],
    );
  await swap('vault', 'elsewhere');
  await page.reload();
  await expect(page.getByText(w.say('opening.sealed'))).toBeVisible();
  await axeInBothThemes(page);
  await page.getByRole('button', { name: w.say('common.retry') }).click();
  await expect(page.getByText(w.say('opening.sealed'))).toBeVisible();
  await swap('elsewhere', 'vault');
  await page.reload();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
});

test("no file of the browser's profile names anybody", async ({ hub, trouble }) => {
  const profile = await mkdtemp(join(tmpdir(), 'rollcall-profile-'));
  try {
    const context = await chromium.launchPersistentContext(profile, { ...launchOptions, headless: true, baseURL: hub.url });
    trouble.watch(context);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto('/');
    await foundStudio(page);
    await importMany(page);
    await register(page, `${CANARIES[0]} Anna`, CANARIES[1]);
    await page.evaluate((control) => localStorage.setItem('control', control), CONTROL);
    await page.goto('/members');
    await context.close();
    const kept = join(profile, 'Default');
    expect(await filesHolding(kept, CONTROL)).not.toEqual([]);
    expect(await filesHolding(join(kept, 'IndexedDB'), 'rollcall-journal')).not.toEqual([]);
    for (const canary of CANARIES) expect(await filesHolding(kept, canary), canary).toEqual([]);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

test('after the lease nothing can be read without the hub, and what was not sent is sent', async ({ page, context, hub, openDevice }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, `${CANARIES[0]} Anna`, CANARIES[1]);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await allSynced(second);
  await keptForOffline(second);

  await second.context().setOffline(true);
  await register(second, 'He Jing');
  await expect(second.getByTestId('sync')).toContainText('1 to send');
  // A day before the end, then a clock that is set back: what was used stays used.
  const now = Date.now();
  await second.clock.setFixedTime(now + 29 * DAY_MS);
  await second.reload();
  await expect(second.getByTestId('member-name')).toHaveText('He Jing');
  await second.clock.setFixedTime(now + 30 * DAY_MS + 60_000);
  await second.reload();
  await expect(second.getByText(w.say('start.locked.title'))).toBeVisible();
  await expect(second.getByText(w.say('start.locked.note', { days: 30 }))).toBeVisible();
  await expect(second.getByText(w.say('start.locked.waiting', { count: 1 }))).toBeVisible();
  await axeInBothThemes(second);
  await second.clock.setFixedTime(now);
  await second.goto('/members');
  await expect(second.getByText(w.say('start.locked.title'))).toBeVisible();
  const kept = await everythingKept(second);
  expect(kept).not.toContain('contact/');
  expect(found(kept)).toEqual([]);

  await second.context().setOffline(false);
  await second.getByRole('button', { name: w.say('common.retry') }).click();
  await allSynced(second);
  await second.goto('/members');
  await expect(second.getByText('2 members')).toBeVisible();
  await page.goto('/members');
  await expect(page.getByText('2 members')).toBeVisible();
});

test('a page that stays open locks when the lease ends under it', async ({ page, hub, openDevice }) => {
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await joinByCode(second, way.code);
  await allSynced(second);
  await keptForOffline(second);
  await second.context().setOffline(true);
  await second.clock.setFixedTime(Date.now() + 31 * DAY_MS);
  await second.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(second.getByText(w.say('start.locked.title'))).toBeVisible();
  await expect(second.getByText(w.say('start.locked.nothing'))).toBeVisible();
  // With the clock right and the network back it opens by itself.
  await second.clock.setFixedTime(Date.now());
  await second.context().setOffline(false);
  await expect(second.locator('.rail__name')).toHaveText('River Gym');
});

test('a device that decides alone is never locked', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.clock.setFixedTime(Date.now() + 400 * DAY_MS);
  await page.reload();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
  await page.goto('/settings/device');
  await expect(page.getByText(w.say('settings.device.sealed'))).toBeVisible();
});

for (const language of ['zh-Hans', 'zh-Hant'] as const) {
  test(`the lock is said in ${language}`, async ({ page, hub }) => {
    const words = new Words(language);
    await page.goto('/');
    await page.evaluate((tag) => localStorage.setItem('rollcall.lang', tag), language);
    await page.reload();
    await started(page);
    await foundStudio(page, {}, words);
    await claimHub(page, await hub.claimCode(), words);
    await allSynced(page, words);
    await keptForOffline(page);
    await page.context().setOffline(true);
    await page.clock.setFixedTime(Date.now() + 31 * DAY_MS);
    await page.reload();
    await expect(page.getByText(words.say('start.locked.title'))).toBeVisible();
    await axeInBothThemes(page);
  });
}
