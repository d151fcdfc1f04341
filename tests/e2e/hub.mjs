// A real hub over a fresh data folder, for the journeys, the smoke tests, the screens and the measurements.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const START_MS_MAX = 20_000;
const STOP_MS_MAX = 10_000;
const CODE_MS_MAX = 5_000;

/** The hub's program: named by ROLLCALL_HUB, else the one that was built. */
export function hubBinary() {
  const built = ['release', 'debug'].map((kind) => join(ROOT, 'target', kind, 'rollcall-hub'));
  const binary = process.env.ROLLCALL_HUB ?? built.find((path) => existsSync(path));
  if (!binary) throw new Error('there is no hub yet: cargo build --release -p rollcall-hub');
  return binary;
}

/** The built app: named by ROLLCALL_APP, else dist/. */
export function appFolder() {
  return process.env.ROLLCALL_APP ?? join(ROOT, 'dist');
}

/**
 * Starts a hub and waits until it listens.
 *
 * @param {{ dataDir?: string, app?: string, port?: number, args?: string[] }} [options]
 */
export async function startHub(options = {}) {
  const ownsData = !options.dataDir;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'rollcall-hub-')));
  /** @type {any} */
  const running = { child: undefined, port: options.port ?? 0, code: '', log: [] };
  running.seen = new Promise((resolve) => (running.sawCode = resolve));

  async function start() {
    const listen = `127.0.0.1:${running.port}`;
    const app = options.app ?? appFolder();
    const args = ['serve', '--listen', listen, '--data', dataDir, '--app', app, ...(options.args ?? [])];
    const child = spawn(hubBinary(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.child = child;
    createInterface({ input: child.stderr }).on('line', (line) => running.log.push(line));
    await listening(child, running);
  }

  /** Ends the hub: politely with SIGTERM, or as a power cut would with SIGKILL. */
  async function end(signal) {
    const child = running.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
  }

  await start();
  return {
    /** Where the app is loaded from; the same after a restart. */
    get url() {
      return `http://127.0.0.1:${running.port}`;
    },
    dataDir,
    /** What the hub printed, for a failing test's report. */
    log: () => running.log.join('\n'),
    /** The code that makes the first device the owner's; a hub that has an owner prints none. */
    async claimCode() {
      if (!running.code) await within(CODE_MS_MAX, running.seen, 'the hub printed no claim code');
      return running.code;
    },
    /** Stops it and keeps its data: the network is there, the hub is not. */
    pause: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    /** Starts it again on the same address and data. */
    resume: start,
    async restart() {
      await end('SIGTERM');
      await start();
    },
    /** Stops it for good and removes what it wrote. */
    async stop() {
      await end('SIGTERM');
      if (ownsData) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Reads the port and the claim code from what the hub prints; fails if it ends before it listens. */
function listening(child, running) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the hub ${why}\n${running.log.join('\n')}`));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`did not listen within ${START_MS_MAX} ms`);
    }, START_MS_MAX);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      fail(`ended before it listened (${signal ?? code})`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      running.log.push(line);
      const code = /claim code:\s*(\S+)/i.exec(line)?.[1];
      if (code) {
        running.code = code;
        running.sawCode();
      }
      const port = /listening on http:\/\/[^:]+:(\d+)/i.exec(line)?.[1];
      if (!port) return;
      running.port = Number(port);
      clearTimeout(late);
      resolve(undefined);
    });
  });
}

/** A promise that is given up after some time, with a sentence that says what did not come. */
function within(ms, promise, why) {
  let late;
  const tooLate = new Promise((_, reject) => (late = setTimeout(() => reject(new Error(why)), ms)));
  return Promise.race([promise, tooLate]).finally(() => clearTimeout(late));
}
