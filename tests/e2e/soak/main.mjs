// The long run: three real browsers at two real hubs over one database, people at work, and everything that goes wrong in
// years within minutes. At the end all of it heals, and everybody must tell the same story.
//
// Told by the environment: ROLLCALL_DATABASE, ROLLCALL_AGREE, ROLLCALL_HUB, ROLLCALL_APP, CHROMIUM; SOAK_MINUTES, SOAK_SEED.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { hubBinary, startHub } from '../hub.mjs';
import { Device } from './device.mjs';
import { after, Dice } from './dice.mjs';
import { Front } from './front.mjs';

const PASSPHRASE = 'a long evening at the desk';
const TOLD_EVERY_MS = 30_000;

const minutes = Number(process.env.SOAK_MINUTES ?? 5);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
const database = need('ROLLCALL_DATABASE');
const agree = need('ROLLCALL_AGREE');

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const tell = (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** From an empty browser to an owner with a hub, and two people at the front desk. */
async function open(devices, code) {
  const [owner, ...others] = devices;
  for (const device of devices) await device.start();
  await owner.goto('/');
  await owner.page.getByRole('button', { name: /^New studio/ }).click();
  await owner.page.getByLabel('What is the studio called?').fill('River Gym');
  await owner.page.getByLabel('What is your name?').fill('Lin Yue');
  await owner.page.getByRole('button', { name: 'Open the studio' }).click();
  await owner.page.locator('.rail__name').waitFor();
  await owner.goto('/settings/hub');
  await owner.page.getByLabel('Claim code').fill(code);
  await owner.page.getByRole('button', { name: 'Connect this hub' }).click();
  await owner.page.getByText(/^Everything is with the hub/).waitFor();
  for (const device of others) await letIn(owner, device);
  for (const device of devices) {
    // Without the whole app in its cache a browser cannot be started while the wire is cut.
    await device.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await device.begin();
  }
}

async function letIn(owner, device) {
  await owner.goto('/settings/devices');
  await owner.page.getByRole('button', { name: 'Add a device' }).click();
  const dialog = owner.page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^Name/ }).fill(`Person ${device.name}`);
  await dialog.getByRole('button', { name: 'Show the code' }).click();
  const code = await dialog.getByTestId('pair-code').textContent();
  await device.goto('/');
  await device.page.getByRole('button', { name: /^Join a studio/ }).click();
  await device.page.getByLabel('Code').fill(code.replaceAll(' ', ''));
  await device.page.getByLabel('What is this device called?').fill(`Tablet ${device.name}`);
  await device.page.getByRole('button', { name: 'Join', exact: true }).click();
  await device.page.locator('.rail__name').filter({ hasText: 'River Gym' }).waitFor();
}

/** What happens to hubs and wires. */
async function storms(hubs, front, dice, counts, isOver) {
  while (!isOver()) {
    await after(dice.between(2_000, 8_000));
    const fate = dice.next();
    if (fate < 0.4) {
      const hub = dice.pick(hubs);
      counts.kills += 1;
      await hub.kill();
      await after(dice.between(200, 4_000));
      await hub.resume();
    } else if (fate < 0.65) {
      counts.cuts += 1;
      front.cut();
      await after(dice.between(1_000, 6_000));
      front.heal();
    } else if (fate < 0.8) {
      counts.cuts += 1;
      front.slow();
      await after(dice.between(2_000, 6_000));
      front.heal();
    } else {
      counts.cuts += 1;
      front.switchOver();
    }
  }
}

/** Everything heals; twice round, so that the last one's news have reached the first. */
async function settle(devices) {
  for (const device of devices) {
    if (device.doing !== undefined || device.page.isClosed()) await device.comeBack();
  }
  for (let round = 0; round < 2; round += 1) {
    for (const device of devices) await device.settle();
  }
}

/** All backups, compared by the tool that knows who reads what. */
async function compare(devices, folder) {
  const hub = join(folder, 'hub.rollcall');
  const key = join(folder, 'key.txt');
  await writeFile(key, `${PASSPHRASE}\n`);
  const args = ['backup', '--database', database, '--out', hub, '--passphrase-file', key];
  const saved = spawnSync(hubBinary(), args, { encoding: 'utf8' });
  if (saved.status !== 0) throw new Error(`the hub's backup: ${saved.stderr}`);
  const files = [];
  for (const device of devices) {
    const file = join(folder, `${device.name}.rollcall`);
    await writeFile(file, await device.backup(PASSPHRASE));
    files.push({ name: device.name, file, who: await device.who() });
  }
  const wish = join(folder, 'compare.json');
  const all = devices.flatMap((device) => device.saved);
  await writeFile(wish, JSON.stringify({ passphrase: PASSPHRASE, hub, devices: files, saved: all }));
  return spawnSync(agree, [wish], { stdio: 'inherit' }).status === 0;
}

/** What the screens say: everybody the same, and as many members as were enrolled. */
async function sameFigures(devices) {
  const enrolled = devices.reduce((sum, device) => sum + device.counts.enrolled, 0);
  const wrong = [];
  const first = await devices[0].figures();
  for (const device of devices) {
    const { members, visits } = await device.figures();
    tell(`${device.name}: ${members} members, ${visits} visits today; ${JSON.stringify(device.counts)}`);
    if (members !== enrolled) wrong.push(`${device.name} shows ${members} members of ${enrolled}`);
    if (visits !== first.visits) wrong.push(`${device.name} shows ${visits} visits, another one ${first.visits}`);
  }
  return wrong;
}

async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-soak-'));
  const args = ['--database', database];
  const hubs = [await startHub({ args }), await startHub({ args })];
  const front = new Front(hubs.map((hub) => Number(new URL(hub.url).port)));
  const url = await front.listen();
  const dice = new Dice(seed);
  const members = [];
  const devices = ['A', 'B', 'C'].map(
    (name, at) => new Device({ name, url, dice: new Dice(seed * 31 + at + 1), members, tell }),
  );
  const counts = { kills: 0, cuts: 0 };
  const sum = (what) => devices.reduce((all, device) => all + device.counts[what], counts[what] ?? 0);
  try {
    tell(`seed ${seed}, ${minutes} minutes`);
    await open(devices, await hubs[0].claimCode());
    const end = Date.now() + minutes * 60_000;
    const isOver = () => Date.now() >= end;
    const clock = setInterval(
      () => tell(`${sum('deeds')} deeds, ${sum('kills')} kills, ${sum('cuts')} cuts, ${sum('jumps')} jumps of a clock`),
      TOLD_EVERY_MS,
    );
    await Promise.all([storms(hubs, front, dice, counts, isOver), ...devices.map((device) => device.work(isOver))]);
    clearInterval(clock);
    tell('healed; waiting for everybody');
    front.heal();
    await settle(devices);
    const broken = [...devices.flatMap((device) => device.broken), ...(await sameFigures(devices))];
    broken.forEach((line) => tell(line));
    const agrees = await compare(devices, folder);
    const isWell = agrees && broken.length === 0;
    const verdict = isWell ? 'in agreement, lost = 0' : 'NOT IN AGREEMENT';
    console.log(`${minutes} minutes, ${sum('deeds')} deeds, ${sum('kills')} kills, ${sum('cuts')} cuts: ${verdict}`);
    return isWell;
  } finally {
    for (const device of devices) await device.close();
    await front.close();
    for (const hub of hubs) await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = (await run()) ? 0 : 1;
