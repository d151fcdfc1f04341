// A browser that loses, refuses or takes away what it was given to keep: what was called saved is there, what was not is
// said, and nothing is half.
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ConsoleMessage, Page } from '@playwright/test';

import { allSynced, foundStudio } from './desk';
import { cdp, fillMember, hasMembers, joined, ownerWithHub, pressRegister, register, waits } from './faults';
import { atHome, expect, keptForOffline, started, test } from './helper';
import { ENGLISH as words } from './words';

/** Every write to the journal stays open after its last request succeeded, and never completes. */
async function neverComplete(page: Page): Promise<void> {
  await page.evaluate(() => {
    IDBTransaction.prototype.commit = () => undefined;
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given: [unknown, IDBValidKey?]) {
      const request = put.apply(this, given);
      if (given[1] !== 'tip') return request;
      const ask = (): void => {
        this.get('tip').onsuccess = ask;
      };
      request.addEventListener('success', () => {
        document.documentElement.dataset.written = 'all';
        ask();
      });
      return request;
    };
  });
}

test('a save that had written everything but was not complete is not called saved, and after a power cut it is not there', async ({
  hub,
  openTablet,
}) => {
  const tablet = await openTablet();
  let page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');

  await fillMember(page, 'He Jing');
  await neverComplete(page);
  await pressRegister(page);
  await expect(page.locator('html')).toHaveAttribute('data-written', 'all');
  await expect(page.getByTestId('member-name')).toHaveCount(0);
  await tablet.kill();

  page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await hasMembers(page, 1);
  await register(page, 'He Jing');
  await hasMembers(page, 2);
});

test('what was called saved is there after the browser was killed at once', async ({ hub, openTablet }) => {
  const tablet = await openTablet();
  let page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await foundStudio(page);
  await fillMember(page, 'Chen Wei');
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...given: Parameters<IDBDatabase['transaction']>) {
      const made = begin.apply(this, given);
      // A killed process loses nothing that the system has; a power cut does. Only what is asked for by the word `strict`
      // is on the disk by then.
      if (made.mode === 'readwrite') seen.push(`${this.name} ${made.durability}`);
      return made;
    };
  });
  await pressRegister(page);
  await expect(page.getByTestId('member-name')).toHaveText('Chen Wei');
  const written = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  const journal = (await written()).filter((line) => line.startsWith('rollcall-journal'));
  expect(new Set(journal)).toEqual(new Set(['rollcall-journal strict']));
  await tablet.kill();

  page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await hasMembers(page, 1);
});

test('a first start that was killed while its databases were made begins anew', async ({ hub, openTablet }) => {
  const tablet = await openTablet();
  let page = atHome(await tablet.start(), hub.url);
  await page.addInitScript(() => {
    const create = IDBDatabase.prototype.createObjectStore;
    IDBDatabase.prototype.createObjectStore = function (...given: Parameters<IDBDatabase['createObjectStore']>) {
      if (this.name !== 'rollcall-journal' || this.objectStoreNames.length === 0) return create.apply(this, given);
      // The second store is never made: the upgrade stands open when the power goes.
      console.log('half made');
      for (;;);
    };
  });
  const half = page.waitForEvent('console', (message: ConsoleMessage) => message.text() === 'half made');
  await page.goto('/', { waitUntil: 'commit' });
  await half;
  await tablet.kill();
  page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await hasMembers(page, 1);
});

test('a save that the browser undid is said, and pressed again it is saved once', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await fillMember(page, 'Chen Wei');
  await page.evaluate(() => {
    const { commit } = IDBTransaction.prototype;
    const put = IDBObjectStore.prototype.put;
    IDBTransaction.prototype.commit = function () {
      this.abort();
    };
    IDBObjectStore.prototype.put = function (...given: [unknown, IDBValidKey?]) {
      const request = put.apply(this, given);
      if (given[1] === 'tip') request.addEventListener('success', () => this.transaction.abort());
      return request;
    };
    const heal = (): void => {
      IDBTransaction.prototype.commit = commit;
      IDBObjectStore.prototype.put = put;
    };
    Object.assign(globalThis, { heal });
  });
  await pressRegister(page);
  await expect(page.getByText(words.say('studio.failed.lost'))).toBeVisible();
  await expect(page.getByTestId('member-name')).toHaveCount(0);
  await page.evaluate(() => (globalThis as unknown as { heal(): void }).heal());
  await pressRegister(page);
  await expect(page.getByTestId('member-name')).toHaveText('Chen Wei');
  await page.reload();
  await hasMembers(page, 1);
});

for (const [times, what] of [
  [2, 'lost twice is opened again, and nobody hears of it'],
  [40, 'lost again and again is said, and works again when it is back'],
] as const) {
  test(`a connection to the storage that is ${what}`, async ({ page }) => {
    await page.goto('/');
    await foundStudio(page);
    await fillMember(page, 'Chen Wei');
    await page.evaluate((times) => {
      let left: number = times;
      const begin = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (...given: Parameters<IDBDatabase['transaction']>) {
        if (left > 0) {
          left -= 1;
          throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
        }
        return begin.apply(this, given);
      };
      Object.assign(globalThis, { heal: () => (left = 0) });
    }, times);
    await pressRegister(page);
    if (times > 2) {
      await expect(page.getByText(words.say('studio.failed.lost'))).toBeVisible();
      await page.evaluate(() => (globalThis as unknown as { heal(): void }).heal());
      await pressRegister(page);
    }
    await expect(page.getByTestId('member-name')).toHaveText('Chen Wei');
    await page.reload();
    await hasMembers(page, 1);
  });
}

test('a database that never opens ends in a page with a way on, and nothing is deleted', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await page.addInitScript(() => {
    if (localStorage.getItem('test.hang') === null) return;
    // Waiting is made twenty times shorter, so that nobody has to.
    const wait = setTimeout;
    Object.assign(globalThis, {
      setTimeout: (work: () => void, ms = 0, ...more: unknown[]) => wait(work, ms >= 1_000 ? ms / 20 : ms, ...more),
    });
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...given: Parameters<IDBFactory['open']>) {
      return localStorage.getItem('test.hang') === null ? open.apply(this, given) : ({} as IDBOpenDBRequest);
    };
  });
  await page.evaluate(() => localStorage.setItem('test.hang', '1'));
  await page.reload();
  await expect(page.getByText(words.say('opening.title'))).toBeVisible();
  await expect(page.getByText(words.say('opening.safe'))).toBeVisible();
  await page.evaluate(() => localStorage.removeItem('test.hang'));
  await page.getByRole('button', { name: words.say('common.retry') }).click();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
  await hasMembers(page, 1);
});

/** Takes all the room the origin has left, to the last kilobyte. */
async function fillUp(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done, failed) => {
      const request = indexedDB.open('junk');
      request.onupgradeneeded = () => request.result.createObjectStore('junk', { autoIncrement: true });
      request.onerror = () => failed(request.error);
      request.onsuccess = () => done(request.result);
    });
    const fits = (bytes: number): Promise<boolean> =>
      new Promise((done) => {
        const writing = database.transaction('junk', 'readwrite');
        const junk = crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536)));
        const pieces = Array.from({ length: Math.ceil(bytes / 65_536) }, () => junk);
        writing.objectStore('junk').put(pieces);
        writing.oncomplete = () => done(true);
        writing.onabort = () => done(false);
      });
    for (const bytes of [1 << 20, 1 << 16, 1 << 12, 1 << 8]) while (await fits(bytes));
    database.close();
  });
}

test('a device without room says so, keeps what was entered, hands over a backup, and saves when there is room again', async ({
  page,
  hub,
}) => {
  await page.goto('/');
  await keptForOffline(page);
  const browser = await cdp(page);
  const origin = hub.url;
  await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 24 << 20 });
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await fillMember(page, 'He Jing');
  await fillUp(page);
  await pressRegister(page);
  await expect(page.getByText(words.say('studio.failed.full')).first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: /^Name/ })).toHaveValue('He Jing');
  await expect(page.getByTestId('member-name')).toHaveCount(0);

  // Without room the way out is a file, and making it takes none.
  await page.getByRole('link', { name: words.say('settings.backup.save') }).click();
  await page.getByLabel('Passphrase', { exact: false }).first().fill('correct horse battery');
  await page.getByLabel('The same passphrase again').fill('correct horse battery');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: words.say('settings.backup.save') }).click();
  expect((await download).suggestedFilename()).toMatch(/\.rollcall$/);
  await page.goBack();
  await expect(page.getByRole('textbox', { name: /^Name/ })).toHaveValue('He Jing');

  await browser.send('Storage.overrideQuotaForOrigin', { origin });
  // The browser believes what it last measured for up to half a minute; whoever stands there presses again.
  await expect(async () => {
    const again = page.getByRole('button', { name: 'Register', exact: true });
    if (await again.isVisible()) await again.click();
    await expect(page.getByTestId('member-name')).toHaveText('He Jing', { timeout: 10_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByText(words.say('studio.failed.full'))).toHaveCount(0);
  await hasMembers(page, 2);
});

test('records that the browser removed are missed by name: how many had not been sent, and how to go on', async ({
  page,
  context,
  hub,
  openDevice,
  trouble,
}) => {
  trouble.allow(/status of 40\d/);
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await second.context().setOffline(true);
  await register(second, 'Chen Wei');
  await register(second, 'He Jing');
  await waits(second, 2);
  // What a browser short of room takes of a page that is closed: databases and caches, not the small texts.
  await second.goto('about:blank');
  const browser = await cdp(second);
  await browser.send('Storage.clearDataForOrigin', {
    origin: hub.url,
    storageTypes: 'indexeddb,cache_storage,service_workers',
  });
  await second.context().setOffline(false);
  await second.goto('/');
  await expect(second.getByText(words.say('start.gone'))).toBeVisible();
  await expect(second.getByText(words.say('start.gone_unsent', { count: 2 }))).toBeVisible();
  // It stays said until somebody begins anew.
  await second.reload();
  await expect(second.getByText(words.say('start.gone_unsent', { count: 2 }))).toBeVisible();
  await joined(page, second);
  await expect(second.getByText(words.say('start.gone'))).toHaveCount(0);
  await second.goto('/');
  await expect(second.locator('.rail__name')).toHaveText('River Gym');
  await register(second, 'Wu Lei');
  await hasMembers(page, 1);

  // A browser that never had a studio is told nothing of the kind.
  const third = await openDevice();
  await third.goto('/');
  await started(third);
  await expect(third.getByText(words.say('start.gone'))).toHaveCount(0);
  expect(await context.pages()[0].evaluate(() => localStorage.getItem('rollcall.marker'))).not.toBeNull();
});

test('a storage that is an older copy of itself is noticed, and both histories are kept', async ({ page, hub, openTablet }) => {
  await ownerWithHub(page, hub);
  const tablet = await openTablet();
  let second = atHome(await tablet.start(), hub.url);
  await joined(page, second);
  await register(second, 'Chen Wei');
  await allSynced(second);
  await tablet.quit();
  const databases = join(tablet.profile, 'Default', 'IndexedDB');
  await cp(databases, `${databases} before`, { recursive: true });

  second = atHome(await tablet.start(), hub.url);
  await second.goto('/');
  await register(second, 'He Jing');
  await register(second, 'Wu Lei');
  await allSynced(second);
  await tablet.quit();
  await rm(databases, { recursive: true });
  await cp(`${databases} before`, databases, { recursive: true });

  second = atHome(await tablet.start(), hub.url);
  await second.context().setOffline(true);
  await second.goto('/');
  await expect(second.getByText(words.say('opening.went_back', { count: 2 }))).toBeVisible();
  await register(second, 'Ma Wei');
  await second.context().setOffline(false);
  await allSynced(second);
  await second.getByRole('button', { name: words.say('opening.went_back_seen') }).click();
  await hasMembers(second, 4);
  await hasMembers(page, 4);
  await page.goto('/needs-you');
  await expect(page.getByText(words.say('sync.odd_fork'))).toBeVisible();
  await second.reload();
  await started(second);
  await expect(second.getByText(words.like('opening.went_back', { count: 2 }))).toHaveCount(0);
});

test('a database file that is damaged is missed by name, and the device can begin anew', async ({ hub, openTablet }) => {
  const tablet = await openTablet();
  let page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await keptForOffline(page);
  await tablet.quit();
  const databases = join(tablet.profile, 'Default', 'IndexedDB');
  for (const folder of (await readdir(databases)).filter((name) => name.endsWith('.leveldb'))) {
    for (const file of await readdir(join(databases, folder))) {
      if (/^(CURRENT|MANIFEST)/.test(file)) await writeFile(join(databases, folder, file), 'no database');
    }
  }
  page = atHome(await tablet.start(), hub.url);
  await page.goto('/');
  // This browser throws such a database away by itself; the mark beside it says what that means.
  await expect(page.getByText(words.say('start.gone'))).toBeVisible();
  await foundStudio(page);
  await register(page, 'He Jing');
  await hasMembers(page, 1);
});

test('a private window says that its records may go', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/settings/device');
  await expect(page.getByText(words.say('settings.device.may_go'))).toBeVisible();
  await page.getByRole('button', { name: words.say('settings.device.protect') }).click();
  await expect(page.getByText(words.say('settings.device.refused'))).toBeVisible();
});
