// What every journey starts from: a hub of its own, a page on it, more devices on demand, and the promise that nothing
// went wrong behind the screen. Import `test` and `expect` from here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { expect, test as base, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';

import { startHub } from './hub.mjs';
import { openTablet } from './tablet.mjs';

export { expect };
export type Hub = Awaited<ReturnType<typeof startHub>>;
export type Tablet = Awaited<ReturnType<typeof openTablet>>;

/** What a browser reports when the network is away: the app's daily bread, not a fault. */
const NETWORK_AWAY = /Failed to load resource: net::ERR_|net::ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/;

/** Everything a browser complained about, in any page of a test. A test that leaves some fails. */
export class Trouble {
  readonly #seen: string[] = [];
  readonly #allowed: RegExp[] = [NETWORK_AWAY];

  /** Names a complaint that this test causes on purpose. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  /** Listens to a context and all its pages. A breach of the page's policy arrives as a console error. */
  watch(context: BrowserContext): void {
    context.on('weberror', (error) => this.#seen.push(`error: ${error.error().stack ?? error.error().message}`));
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      this.#seen.push(`console: ${message.text()}${url ? ` (${url})` : ''}`);
    });
    const watchPage = (page: Page): void => void page.on('crash', () => this.#seen.push(`crash: ${page.url()}`));
    context.pages().forEach(watchPage);
    context.on('page', watchPage);
  }

  unexpected(): string[] {
    return this.#seen.filter((line) => !this.#allowed.some((pattern) => pattern.test(line)));
  }
}

interface Fixtures {
  /** A fresh hub that serves the built app; nobody has claimed it. */
  hub: Hub;
  /** Complaints of all browsers of this test. */
  trouble: Trouble;
  /** Opens one more device on the hub: a browser profile that shares nothing with the others. */
  openDevice: (options?: BrowserContextOptions) => Promise<Page>;
  /** Opens a device whose browser can be killed in the middle of its work and started again. */
  openTablet: (options?: Parameters<typeof openTablet>[0]) => Promise<Tablet>;
}

export const test = base.extend<Fixtures>({
  hub: async ({}, use, info) => {
    const hub = await startHub();
    await use(hub);
    if (info.status !== info.expectedStatus) await info.attach('hub.log', { body: hub.log(), contentType: 'text/plain' });
    await hub.stop();
  },

  baseURL: async ({ hub }, use) => {
    await use(hub.url);
  },

  trouble: [
    async ({}, use) => {
      const trouble = new Trouble();
      await use(trouble);
      expect(trouble.unexpected(), 'complaints of the browser').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, trouble }, use) => {
    trouble.watch(context);
    await use(context);
  },

  openDevice: async ({ browser, baseURL, contextOptions, viewport, locale, timezoneId, trouble }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...contextOptions, baseURL, viewport, locale, timezoneId, ...options });
      opened.push(context);
      trouble.watch(context);
      return context.newPage();
    });
    await Promise.all(opened.map((context) => context.close()));
  },

  openTablet: async ({ trouble }, use) => {
    const opened: Tablet[] = [];
    await use(async (options = {}) => {
      const tablet = await openTablet(options);
      opened.push(tablet);
      const start = async () => {
        const page = await tablet.start();
        trouble.watch(page.context());
        return page;
      };
      return { ...tablet, start };
    });
    await Promise.all(opened.map((tablet) => tablet.close()));
  },
});

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** The screen as it is now has no flaw that axe can find; of `rules` only, where they are named. */
export async function axe(page: Page, rules?: string[]): Promise<void> {
  // A screen that has only begun to be drawn is none yet: each has a heading.
  await expect(page.locator('h1').first()).toBeAttached();
  const loaded = await page.evaluate(() => 'axe' in window);
  if (!loaded) await page.evaluate(AXE);
  const violations = await page.evaluate(async (rules) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    return (await axe.run(rules ? { runOnly: { type: 'rule', values: rules } } : {})).violations;
  }, rules);
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}\n${failureSummary ?? ''}`),
  );
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** The same in the light and in the dark theme; leaves the page light. */
export async function axeInBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    // A select takes the new colours with the next frame only.
    await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
    // Transitions begin with the next frames only, and one that is waited for may never end where nothing draws the
    // page: each is put to its end, until two frames in a row begin none.
    await page.evaluate(async () => {
      const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
      for (let still = 0; still < 2; still += 1) {
        await frame();
        for (const one of document.getAnimations()) {
          if (!(one instanceof CSSTransition)) continue;
          one.finish();
          still = -1;
        }
      }
    });
    // Only the colours are others in the other theme.
    await axe(page, colorScheme === 'dark' ? ['color-contrast'] : undefined);
  }
}

/** Waits until the service worker has the whole app, so that the network may go. */
export async function keptForOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), { message: 'a service worker in charge' })
    .toBe(true);
}

/** A picture for the documentation, where somebody asked for pictures (`cargo xtask screens`). */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.ROLLCALL_PICTURES;
  if (!folder) return;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** The app is up: the static page that stands in for it while the wasm arrives is gone. */
export async function started(page: Page): Promise<void> {
  await expect(page.locator('#boot')).toHaveCount(0);
  await expect(page.getByRole('main')).toBeVisible();
}

/** Addresses of the hub may be given without it, also in a browser that was started by hand. */
export function atHome(page: Page, home: string): Page {
  const goto = page.goto.bind(page);
  page.goto = (url, options) => goto(new URL(url, home).href, options);
  return page;
}
