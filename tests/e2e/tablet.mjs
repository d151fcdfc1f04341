// A tablet whose browser can be killed like a process and started again on the same profile: what a power cut leaves
// on the disk is what the next start finds.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { chromium } from '@playwright/test';

import { chromiumFlags, chromiumPath } from './chromium.mjs';

const START_MS_MAX = 30_000;

/**
 * @param {{ language?: string, width?: number, height?: number, copyOf?: string }} [options] `copyOf`: a profile to begin
 *   with; its browser must not be running.
 */
export async function openTablet(options = {}) {
  const { language = 'en-GB', width = 1180, height = 820 } = options;
  const profile = await mkdtemp(join(tmpdir(), 'rollcall-tablet-'));
  if (options.copyOf) await cp(options.copyOf, profile, { recursive: true });
  /** @type {any} */
  const running = { child: undefined, browser: undefined };

  async function start() {
    const flags = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, `--lang=${language}`, `--accept-lang=${language}`];
    const child = spawn(chromiumPath, [...chromiumFlags, ...flags, `--window-size=${width},${height}`, 'about:blank'], {
      // Its own group, so that a kill takes the renderers and the storage service with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LANGUAGE: language, TZ: 'Asia/Taipei' },
    });
    running.child = child;
    running.browser = await chromium.connectOverCDP(await debuggerAddress(child));
    const context = running.browser.contexts()[0];
    const page = context.pages()[0] ?? (await context.newPage());
    await page.setViewportSize({ width, height });
    return page;
  }

  /** Ends every process of the browser at once, in the middle of whatever it does. */
  async function kill() {
    const child = running.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    await running.browser.close().catch(() => undefined);
  }

  /** Closes the browser as a person does: it writes down what it still had in memory. */
  async function quit() {
    const child = running.child;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const session = await running.browser.newBrowserCDPSession();
    await session.send('Browser.close').catch(() => undefined);
    await ended;
    await running.browser.close().catch(() => undefined);
  }

  return {
    /** Where the browser keeps everything. */
    profile,
    quit,
    /** Starts the browser and returns its page; after `kill`, the same records are there. */
    start,
    kill,
    /** Ends it for good and removes its profile. */
    async close() {
      await kill();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Chromium prints where its debugger listens. */
function debuggerAddress(child) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Chromium did not start within ${START_MS_MAX} ms`));
    }, START_MS_MAX);
    child.once('error', reject);
    child.once('exit', () => reject(new Error('Chromium ended before it listened')));
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(late);
      resolve(address);
    });
  });
}
