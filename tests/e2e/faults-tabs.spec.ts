// Several tabs, copies and builds of one device: none stands in another's way, and none does anything twice.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page, Route } from '@playwright/test';

import { allSynced, foundStudio } from './desk';
import { cdp, fillMember, hasMembers, joined, ownerWithHub, pressRegister, register, registerOnward, waits } from './faults';
import { atHome, expect, keptForOffline, started, test } from './helper';
import { appFolder, startHub } from './hub.mjs';
import { ENGLISH as words } from './words';

const PUSH = '**/api/v1/push';

/** Ids of the commands in a push. */
function ids(route: Route): string[] {
  const { entries } = route.request().postDataJSON() as { entries: { envelope: string }[] };
  return entries.map((entry) => (JSON.parse(entry.envelope) as { id: string }).id);
}

test('a tab that crashes in the middle of sending: the next one sends the same, once', async ({ page, hub, openDevice, trouble }) => {
  trouble.allow(/^crash:/);
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  const sent: string[][] = [];
  let arrived: () => void = () => undefined;
  const inTheMiddle = new Promise<void>((done) => (arrived = done));
  await second.route(PUSH, async (route) => {
    sent.push(ids(route));
    await route.fetch();
    arrived();
    // The hub has it, and the tab that asked is gone before it hears so.
  });
  await register(second, 'Chen Wei');
  await inTheMiddle;
  const browser = await cdp(second);
  // The tab does not live to answer.
  void browser.send('Page.crash').catch(() => undefined);
  await second.waitForEvent('crash');

  const next = await second.context().newPage();
  await next.route(PUSH, async (route) => {
    sent.push(ids(route));
    await route.continue();
  });
  await next.goto(hub.url);
  await allSynced(next);
  expect(sent.at(-1)).toEqual(sent[0]);
  await hasMembers(next, 1);
  await hasMembers(page, 1);
});

test('two tabs that send the same at the same time have one effect', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const first = await openDevice();
  // Nothing that the browser offers to take turns with is there.
  await first.context().addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  await joined(page, first);
  await first.context().setOffline(true);
  for (const name of ['Chen Wei', 'He Jing', 'Wu Lei']) await register(first, name);
  const other = await first.context().newPage();
  await other.goto(hub.url);
  await waits(other, 3);

  const held: Route[] = [];
  let both: () => void = () => undefined;
  const together = new Promise<void>((done) => (both = done));
  for (const tab of [first, other]) {
    await tab.route(PUSH, async (route) => {
      held.push(route);
      if (held.length === 2) both();
      await together;
      await route.continue();
    });
  }
  await first.context().setOffline(false);
  await together;
  expect(ids(held[0])).toEqual(ids(held[1]));
  for (const tab of [first, other]) await allSynced(tab);
  await hasMembers(first, 3);
  await hasMembers(page, 3);
});

test('a tab that the browser has frozen in the middle of sending holds up nobody', async ({ page, hub, openDevice }) => {
  await ownerWithHub(page, hub);
  const frozen = await openDevice();
  await joined(page, frozen);
  let asked: () => void = () => undefined;
  const sending = new Promise<void>((done) => (asked = done));
  const free: (() => void)[] = [];
  await frozen.route(PUSH, async (route) => {
    asked();
    await new Promise<void>((done) => free.push(done));
    await route.continue();
  });
  await register(frozen, 'Chen Wei');
  await sending;
  const browser = await cdp(frozen);
  await browser.send('Page.setWebLifecycleState', { state: 'frozen' });

  const awake = await frozen.context().newPage();
  await awake.goto(hub.url);
  await register(awake, 'He Jing');
  await allSynced(awake);
  await hasMembers(page, 2);

  await browser.send('Page.setWebLifecycleState', { state: 'active' });
  free.forEach((go) => go());
  await allSynced(frozen);
  await hasMembers(frozen, 2);
  await hasMembers(page, 2);
});

test('a copied device works on as two: both histories are kept, and somebody is asked', async ({ page, hub, openTablet }) => {
  await ownerWithHub(page, hub);
  const one = await openTablet();
  let original = atHome(await one.start(), hub.url);
  await joined(page, original);
  await register(original, 'Chen Wei');
  await allSynced(original);
  await one.quit();
  const other = await openTablet({ copyOf: one.profile });
  original = atHome(await one.start(), hub.url);
  const copy = atHome(await other.start(), hub.url);
  for (const tab of [original, copy]) {
    await tab.goto(hub.url);
    await tab.context().setOffline(true);
  }
  await register(original, 'He Jing');
  await register(copy, 'Wu Lei');
  await register(copy, 'Ma Wei');
  await original.context().setOffline(false);
  await allSynced(original);
  await copy.context().setOffline(false);
  await allSynced(copy);
  await hasMembers(copy, 4);
  await hasMembers(page, 4);
  await page.goto('/needs-you');
  await expect(page.getByText(words.say('sync.odd_fork')).first()).toBeVisible();
  // Both go on, each in a life of its own.
  await register(copy, 'Tang Ning');
  await register(original, 'Zhou Min');
  await allSynced(copy);
  await allSynced(original);
  await hasMembers(page, 6);
});

test('a tab of the build before and one of the next work side by side', async ({ browser, trouble }) => {
  const app = await mkdtemp(join(tmpdir(), 'rollcall-app-'));
  await cp(appFolder(), app, { recursive: true });
  const hub = await startHub({ app });
  try {
    const context = await browser.newContext({ baseURL: hub.url });
    trouble.watch(context);
    const old = await context.newPage();
    await old.goto('/');
    await foundStudio(old);
    await keptForOffline(old);
    await release(app, 'second');
    await hub.restart();
    const next = await context.newPage();
    await next.goto('/');
    await next.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await expect
      .poll(() => next.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null))
      .toBe(true);
    await next.evaluate(() => dispatchEvent(new Event('rollcall:update-now')));
    await expect.poll(() => next.title().catch(() => '')).toContain('River Gym');
    await expect.poll(() => next.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('rollcall-build-'))).catch(() => [])).toEqual(['rollcall-build-second']);

    await registerOnward(old, 'Chen Wei');
    await register(next, 'He Jing');
    await hasMembers(next, 2);
    await old.getByRole('link', { name: words.say('shell.nav.members') }).first().click();
    await expect(old.getByText(words.say('members.count', { count: 2 }), { exact: true })).toBeVisible();
    await context.close();
  } finally {
    await hub.stop();
    await rm(app, { recursive: true, force: true });
  }
});

/** The app as a later build would be. */
async function release(app: string, version: string): Promise<void> {
  const worker = join(app, 'sw.js');
  await writeFile(worker, (await readFile(worker, 'utf8')).replace(/"version":"[^"]+"/, `"version":"${version}"`));
}

/** What a newer build in another tab does to the records beside the journal. */
async function raiseStore(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((done, failed) => {
        const request = indexedDB.open('rollcall-store', 1_000);
        request.onblocked = () => failed(new Error('an old tab did not let go'));
        request.onerror = () => failed(request.error);
        request.onsuccess = () => {
          request.result.close();
          done();
        };
      }),
  );
}

test('a newer build that takes over the databases: the old tab lets go, saves on, and asks to be loaded again', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  await register(page, 'Chen Wei');
  await fillMember(page, 'He Jing');
  const newer = await context.newPage();
  await newer.goto('/');
  await started(newer);
  await raiseStore(newer);

  await pressRegister(page);
  await expect(page.getByTestId('member-name')).toHaveText('He Jing');
  await expect(page.getByText(words.say('studio.failed.newer'))).toBeVisible();
  await page.getByRole('button', { name: words.say('opening.reload') }).click();
  // Should the old build come again, it still has everything, and still says so.
  await hasMembers(page, 2);
  await register(page, 'Wu Lei');
  await expect(page.getByText(words.say('studio.failed.newer'))).toBeVisible();
  await hasMembers(page, 3);
});

test('Enter that is held down gives one command', async ({ page }) => {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/settings/studio');
  await page.getByLabel('Name', { exact: false }).first().fill('River Gym East');
  await page.getByLabel('Name', { exact: false }).first().focus();
  for (let n = 0; n < 8; n += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await expect(page.locator('.rail__name')).toHaveText('River Gym East');
  await fillMember(page, 'Chen Wei');
  await page.getByRole('button', { name: 'Register', exact: true }).focus();
  for (let n = 0; n < 8; n += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await expect(page.getByTestId('member-name')).toHaveText('Chen Wei');
  await hasMembers(page, 1);
});

test('when the app breaks after a save, the still page counts what waits, and it is sent once', async ({ page, hub, openDevice, trouble }) => {
  trouble.allow(/Rollcall stopped at|unreachable|the browser is broken|RuntimeError/);
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await second.context().setOffline(true);
  await register(second, 'Chen Wei');
  await waits(second, 1);
  await second.evaluate(() => {
    const broken = (): never => {
      throw new Error('the browser is broken');
    };
    for (const name of ['createElement', 'createElementNS', 'createTextNode', 'createComment']) {
      Object.defineProperty(Document.prototype, name, { value: broken });
    }
    Object.defineProperty(Node.prototype, 'cloneNode', { value: broken });
    // In the same breath: whatever the page draws by itself in between would break first.
    document.querySelector<HTMLAnchorElement>('nav a[href="/members"]')?.click();
  });
  await expect(second.locator('#crashed')).toBeVisible();
  await expect(second.locator('#crashed [data-waiting]:visible').first()).toHaveText('1');
  await second.context().setOffline(false);
  await second.locator('#crashed [data-reload]:visible').first().click();
  await allSynced(second);
  await hasMembers(second, 1);
  await hasMembers(page, 1);
});
