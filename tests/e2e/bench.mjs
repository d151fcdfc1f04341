// Prints how the app's storage does beside plain IndexedDB: both pages in one browser session, taking turns, so that
// what the machine does meanwhile hits both. Figures are ratios to hold against the goals beside them; nothing here fails a build.
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions } from './chromium.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const APP = process.env.ROLLCALL_APP ?? join(HERE, '..', '..', 'dist-bench');
const MEMBERS = Number(process.env.ROLLCALL_MEMBERS ?? 10_000);
const CHECKINS = 400;
const TURN = 20;
const COLD_STARTS = 7;
const IMPORTS = 3;
const WAITING = 1_000;
const REPLAYED = 2_000;
const TYPES = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm', css: 'text/css' };
const PEER = '<!doctype html><meta charset="utf-8"><title>Peer</title><ol id="rows"></ol><script type="module" src="/peer.js"></script>';

/** The built page, the peer, and a server that takes everything and does nothing. */
async function serve() {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/sw.js' || path === '/favicon.ico') {
      response.writeHead(204, { 'content-type': TYPES.js }).end();
      return;
    }
    if (request.method === 'POST') {
      request.resume().on('end', () => response.writeHead(200).end('{}'));
      return;
    }
    try {
      const body =
        path === '/peer.html' ? PEER : await readFile(path === '/peer.js' ? join(HERE, 'bench-peer.js') : join(APP, normalize(path)));
      const type = TYPES[path.split('.').pop()] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=600' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Installs what both pages run: people out of a seeded dice, and timed turns. */
function harness() {
  let seed = 20261122;
  const dice = (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  const pick = (list) => list[dice(list.length)];
  const family = ['Lin', 'Chen', 'Wang', 'Zhang', 'Ouyang', 'Li', 'Zhao', 'Huang', 'Ho', 'Smith', "O'Neil", 'Garcia'];
  const given = ['Yue', 'Wei', 'Xin Yi', 'Jia', 'Mei', 'Anna', 'Bert', 'Hao Ran', 'Min', 'Tao', 'Rui', 'Zi Han'];
  const hex = (digits) => Array.from({ length: digits }, () => '0123456789abcdef'[dice(16)]).join('');
  const member = (_, n) => {
    const name = `${pick(family)} ${pick(given)} ${n % 97}`;
    const id = `0193${n.toString(16).padStart(4, '0')}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
    return {
      id,
      card_no: `C${String(100000 + n)}`,
      name,
      name_key: `${name.toLowerCase()} ${name.toLowerCase().replaceAll(' ', '')}`,
      phone: `13${String(100000000 + dice(899999999))}`,
      tier: pick(['none', 'bronze', 'silver', 'gold']),
      status: pick(['active', 'frozen', 'ended']),
      joined: '2024-05-01',
      visits: dice(300),
      points: dice(5000),
      balance_cents: dice(90000),
      updated_at: 1790000000000,
      note: 'a line of text as a desk would write it, of a length that is not unusual',
      guardian: null,
      languages: ['zh-Hans', 'en'],
    };
  };
  const people = (count) => Array.from({ length: count }, member);
  const op = (list, n) => {
    const { id } = list[dice(list.length)];
    const at = 1790000000000 + n * 1000;
    const line = { member_id: id, at, by: 'desk', section: 'indoor' };
    const key = () => crypto.randomUUID();
    return {
      member_id: id,
      at,
      checkin: { id: key(), ...line },
      points: { id: key(), ...line, points: 10 },
      outbox: { id: key(), kind: 'attendance.check_in', ...line },
    };
  };
  Object.assign(globalThis, { harness: { people, op, made: people } });
}

const quantile = (list, part) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))];
const median = (list) => quantile(list, 0.5);

const lines = [];
function report(what, ours, peers, unit, goal) {
  const digits = unit === 'ms' && Math.min(ours, peers) < 10 ? 3 : 0;
  lines.push([what, `${ours.toFixed(digits)} ${unit}`, `${peers.toFixed(digits)} ${unit}`, (ours / peers).toFixed(2), goal]);
}

async function main() {
  const server = await serve();
  const profile = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions, headless: true });
  await context.addInitScript(harness);
  try {
    const ours = { page: await context.newPage(), address: `${server.url}/bench.html` };
    const peer = { page: await context.newPage(), address: `${server.url}/peer.html` };
    const both = [ours, peer];
    for (const { page, address } of both) {
      page.on('console', (line) => line.type() === 'error' && console.error(`${address}: ${line.text()}`));
      await page.goto(address);
      await page.waitForFunction(() => Reflect.get(globalThis, 'ready'));
    }
    await imports(both);
    await checkins(both);
    await searches(both);
    await drains(both, server.url);
    await replays(ours);
    for (const { page } of both) await page.close();
    await coldStarts(context, both);
    print();
  } finally {
    await context.close();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** Runs one measurement on both pages in turn, `rounds` times, and gathers the numbers each answered. */
async function inTurn(both, rounds, work, given) {
  const all = both.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, { page }] of both.entries()) {
      await page.bringToFront();
      all[at].push(...(await page.evaluate(work, { ...given, round })));
    }
  }
  return all;
}

async function imports(both) {
  const [a, b] = await inTurn(
    both,
    IMPORTS,
    async ({ members }) => {
      const { bench, harness } = globalThis;
      harness.list ??= harness.people(members);
      await bench.destroy();
      await bench.open();
      const from = performance.now();
      await bench.importMembers(harness.list);
      return [performance.now() - from];
    },
    { members: MEMBERS },
  );
  report('import, members per second', (MEMBERS / median(a)) * 1000, (MEMBERS / median(b)) * 1000, '/s', '≥ 8');
}

async function checkins(both) {
  const [a, b] = await inTurn(
    both,
    CHECKINS / TURN,
    async ({ turn, round }) => {
      const { bench, harness } = globalThis;
      const took = [];
      for (let n = 0; n < turn; n += 1) {
        const op = harness.op(harness.list, round * turn + n);
        const from = performance.now();
        await bench.checkin(op);
        took.push(performance.now() - from);
      }
      return took;
    },
    { turn: TURN },
  );
  report('check-in shown as saved, p50', median(a), median(b), 'ms', '≤ 0.45');
  report('check-in shown as saved, p99', quantile(a, 0.99), quantile(b, 0.99), 'ms', '≤ 0.5');
}

async function searches(both) {
  const queries = ['l', 'li', 'lin', 'lin y', 'lin yu', 'lin yue', '138', '1385', '13851', 'c1002', 'hao ran', 'hao ran 7', 'zz', '77', 'garcia m'];
  const found = [];
  for (const { page } of both) {
    found.push(
      await page.evaluate(async (words) => {
        const { bench } = globalThis;
        await bench.prepareSearch();
        return JSON.stringify(words.map((word) => bench.search(word).map((m) => m.id)));
      }, queries),
    );
  }
  if (found[0] !== found[1]) throw new Error('the two searches do not find the same members');
  const [a, b] = await inTurn(
    both,
    5,
    ({ words }) => {
      const { bench } = globalThis;
      const took = [];
      // The browser's clock is too coarse for one key stroke: forty of the same, divided.
      for (const word of words) {
        const from = performance.now();
        for (let again = 0; again < 40; again += 1) bench.search(word);
        took.push((performance.now() - from) / 40);
      }
      return took;
    },
    { words: queries },
  );
  report('search per key stroke, p50', median(a), median(b), 'ms', '≤ 0.035 ms');
  report('search per key stroke, p99', quantile(a, 0.99), quantile(b, 0.99), 'ms', '');
}

async function drains(both, url) {
  const [a, b] = await inTurn(
    both,
    3,
    async ({ sink, waiting }) => {
      const { bench, harness } = globalThis;
      await bench.outboxClear();
      for (let n = 0; n < waiting; n += 1) await bench.outboxAdd(harness.op(harness.list, n).outbox);
      await bench.outboxSettle();
      const from = performance.now();
      const sent = await bench.drain(sink, 100);
      if (sent !== waiting) throw new Error(`${sent} of ${waiting} were sent`);
      return [performance.now() - from];
    },
    { sink: `${url}/sink`, waiting: WAITING },
  );
  report('1,000 waiting changes pushed', (WAITING / median(a)) * 1000, (WAITING / median(b)) * 1000, '/s', '≥ 1.05');
}

/** What waits, decided again: nothing of plain IndexedDB does this, so it stands alone. */
async function replays({ page }) {
  const took = await page.evaluate(async (waiting) => {
    const times = [];
    for (let round = 0; round < 5; round += 1) times.push(await globalThis.bench.replay(waiting));
    return times;
  }, REPLAYED);
  const [all, again] = [0, 1].map((at) => `${median(took.map((pair) => pair[at])).toFixed(0)} ms`);
  lines.push(['2,000 waiting changes decided anew', all, '', '', '< 150 ms']);
  lines.push(['the same after an answer', again, '', '', '']);
}

async function coldStarts(context, both) {
  const results = both.map(() => []);
  for (let start = 0; start < COLD_STARTS; start += 1) {
    for (const [at, { address }] of both.entries()) {
      const page = await context.newPage();
      await page.goto(`${address}?cold=1`);
      const result = await (await page.waitForFunction(() => Reflect.get(globalThis, 'coldResult'))).jsonValue();
      if (result.n !== MEMBERS) throw new Error(`${address} found ${result.n} members`);
      results[at].push(result);
      await page.close();
    }
  }
  if (results[0][0].firstName !== results[1][0].firstName) throw new Error('the two pages begin with another name');
  const [a, b] = results.map((list) => (name) => median(list.map((r) => r[name] - r.scriptAt)));
  report('start → first 50 painted', a('first50'), b('first50'), 'ms', '≤ 1.0');
  report('start → all searchable', a('all'), b('all'), 'ms', '≤ 0.7');
}

function print() {
  const table = [['', 'Rollcall', 'plain IndexedDB', 'ratio', 'goal'], ...lines];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  console.log(`${MEMBERS} members, ${CHECKINS} check-ins, strict, Chromium`);
  for (const line of table) console.log(line.map((cell, column) => cell.padEnd(widths[column])).join('  '));
}

await main();
