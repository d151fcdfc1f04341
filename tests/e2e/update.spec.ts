// A new version on the hub: kept as a whole or not at all, said when nobody is in the middle of something, and taken
// only when somebody agrees.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { expect, keptForOffline, test as base } from './helper';
import { appFolder, startHub } from './hub.mjs';

interface Fixtures {
  /** A copy of the built app that a test may change. */
  app: string;
}

const test = base.extend<Fixtures>({
  app: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-app-'));
    await cp(appFolder(), folder, { recursive: true });
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  hub: async ({ app }, use) => {
    const hub = await startHub({ app });
    await use(hub);
    await hub.stop();
  },
});

/** The app as a later build would be: another version, and a page that shows it. */
async function release(app: string, version: string, more = ''): Promise<void> {
  const [worker, page] = [join(app, 'sw.js'), join(app, 'index.html')];
  const text = await readFile(worker, 'utf8');
  const files = more ? text.replace('"files":[', `"files":["${more}",`) : text;
  await writeFile(worker, files.replace(/"version":"[^"]+"/, `"version":"${version}"`));
  const html = await readFile(page, 'utf8');
  await writeFile(page, html.replace(/<title>[^<]*<\/title>/, `<title>Rollcall ${version}</title>`));
}

async function lookForUpdate(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
}

const kept = (page: Page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('rollcall-build-')));
const source = (page: Page) => page.evaluate(async () => (await fetch('/index.html')).text());

test('a new version is said, waits for a yes, and is then there as a whole', async ({ page, hub, app }) => {
  await page.goto('/');
  await keptForOffline(page);
  await release(app, 'second');
  await hub.restart();
  await lookForUpdate(page);
  // It is said after twenty seconds in which nobody pressed anything.
  await expect(page.getByText('A new version is ready.')).toBeVisible({ timeout: 60_000 });
  expect(await source(page)).not.toContain('Rollcall second');

  await page.getByRole('button', { name: 'Switch now' }).click();
  // The browser lets the old worker end what it is at before the new one takes over.
  await expect.poll(() => source(page).catch(() => ''), { timeout: 90_000 }).toContain('Rollcall second');
  // The page may be on its way to the new build just now.
  await expect.poll(() => kept(page).catch(() => [])).toEqual(['rollcall-build-second']);
  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How would you like to begin?');
});

test('half a version is none: the one before goes on', async ({ page, hub, app, trouble }) => {
  trouble.allow(/status of 404|bad HTTP response|Failed to execute 'addAll'|ServiceWorker|Request failed/);
  await page.goto('/');
  await keptForOffline(page);
  const before = await kept(page);
  await release(app, 'broken', '/missing.css');
  await hub.restart();
  await lookForUpdate(page).catch(() => undefined);
  await expect.poll(() => kept(page)).toEqual(before);
  await expect(page.getByText('A new version is ready.')).toHaveCount(0);
  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How would you like to begin?');
});
