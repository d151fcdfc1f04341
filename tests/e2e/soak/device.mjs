// One device of the long run: what is done at it, what goes wrong with it, and the list of everything its screen called
// saved.
import { openTablet } from '../tablet.mjs';
import { after } from './dice.mjs';

const SHOWN_MS_MAX = 30_000;
const HOUR_MS = 3_600_000;
/** Deeds that may fail one after the other, without anybody having done anything to the device, before it is no chance. */
const FAILED_IN_A_ROW_MAX = 6;

/** The page's clock goes on as ever, so far away from the true time as a small text says. */
function crookedClock() {
  const True = Date;
  const shiftMs = () => Number(localStorage.getItem('soak.shift') ?? 0);
  globalThis.Date = class extends True {
    constructor(...given) {
      if (given.length === 0) super(True.now() + shiftMs());
      else super(...given);
    }
    static now() {
      return True.now() + shiftMs();
    }
  };
}

/** Lines of the journal after a place, with the last place. */
function readLines(afterPlace) {
  return new Promise((done, failed) => {
    const request = indexedDB.open('rollcall-journal');
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const entries = request.result.transaction('entries').objectStore('entries');
      const range = IDBKeyRange.lowerBound(afterPlace, true);
      const [keys, rows] = [entries.getAllKeys(range), entries.getAll(range)];
      rows.onerror = () => failed(rows.error);
      rows.onsuccess = () => {
        request.result.close();
        done({ last: keys.result.at(-1) ?? afterPlace, ids: rows.result.map((row) => row.id) });
      };
    };
  });
}

/** Another id as the hub writes it. */
const dashed = (id) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export class Device {
  /**
   * @param {{ name: string, url: string, dice: import('./dice.mjs').Dice, members: { id: string, name: string }[],
   *   tell: (line: string) => void }} given `members`: everybody any device has enrolled so far.
   */
  constructor({ name, url, dice, members, tell }) {
    Object.assign(this, { name, url, dice, members, tell });
    this.counts = { deeds: 0, kills: 0, cuts: 0, jumps: 0, enrolled: 0, skipped: 0, failed: 0 };
    /** Ids of commands that the screen called saved. */
    this.saved = [];
    /** What must never happen. */
    this.broken = [];
    this.place = 0;
    this.number = 0;
    this.shiftMs = 0;
    this.doing = undefined;
  }

  async start() {
    this.tablet ??= await openTablet();
    this.page = await this.tablet.start();
    this.page.setDefaultTimeout(SHOWN_MS_MAX);
    await this.page.context().addInitScript(crookedClock);
  }

  goto(path) {
    return this.page.goto(this.url + path);
  }

  /** From here on every line of the journal is a deed of the run. */
  async begin() {
    this.place = (await this.page.evaluate(readLines, 0)).last;
  }

  /** Deeds and mishaps until the time is over. */
  async work(isOver) {
    let failedInARow = 0;
    while (!isOver()) {
      const doomed = this.dice.chance(0.07);
      const killing = doomed ? after(this.dice.between(20, 2_500)).then(() => this.kill()) : undefined;
      try {
        await this.deed();
        failedInARow = 0;
      } catch (error) {
        if (!doomed) {
          failedInARow += 1;
          this.counts.failed += 1;
          this.tell(`${this.name}: ${this.doing?.what} did not come to an end: ${String(error).split('\n')[0]}`);
        }
      }
      await killing;
      if (doomed) await this.comeBack();
      else if (failedInARow > 0) await this.comeBack(failedInARow);
      else await this.mishap();
      if (failedInARow > FAILED_IN_A_ROW_MAX) {
        this.broken.push(`${this.name} could do nothing any more`);
        return;
      }
    }
  }

  /** One thing a person does. What the screen called saved is written down with its id. */
  async deed() {
    const what = this.members.length < 3 || this.dice.chance(0.35) ? 'enrol' : this.dice.pick(['sell', 'check in', 'check in']);
    this.doing = { what, isSaved: false };
    const isDone = await this[{ enrol: 'enrol', sell: 'sell', 'check in': 'checkIn' }[what]]();
    if (!isDone) {
      this.counts.skipped += 1;
      this.doing = undefined;
      return;
    }
    this.doing.isSaved = true;
    await this.writeDown();
    this.counts.deeds += 1;
  }

  /** Reads what the journal has gained, and compares it with what was done. */
  async writeDown() {
    const { last, ids } = await this.page.evaluate(readLines, this.place);
    const { what, isSaved, member } = this.doing ?? {};
    this.doing = undefined;
    this.place = last;
    if (isSaved && ids.length === 0) this.broken.push(`${this.name}: ${what} was called saved and is not in the journal`);
    if (ids.length > 1) this.broken.push(`${this.name}: ${what} gave ${ids.length} commands`);
    this.saved.push(...ids.map(dashed));
    if (what === 'enrol' && ids.length > 0) {
      this.counts.enrolled += 1;
      if (member) this.members.push(member);
    }
  }

  async enrol() {
    this.number += 1;
    const name = `Guest ${this.name}${String(this.number).padStart(4, '0')}`;
    await this.goto('/members/new');
    await this.page.getByRole('textbox', { name: /^Name/ }).fill(name);
    await this.page.getByRole('button', { name: 'Register', exact: true }).click();
    await this.page.getByTestId('member-name').filter({ hasText: name }).waitFor();
    this.doing.member = { id: this.page.url().split('/members/')[1].split(/[/?]/)[0], name };
    return true;
  }

  async sell() {
    const { id } = this.dice.pick(this.members);
    await this.goto(`/sell/${id}`);
    const plan = this.page.getByRole('radio', { name: /10 visits/ });
    // Somebody enrolled at another device may not have arrived.
    if (!(await shows(plan))) return false;
    await plan.check();
    await this.page.getByRole('radio', { name: 'Cash', exact: true }).check();
    await this.page.getByRole('button', { name: /^Sell for/ }).click();
    await this.page.getByTestId('sold').waitFor();
    return true;
  }

  async checkIn() {
    const { name } = this.dice.pick(this.members);
    await this.goto('/check-in');
    await this.page.getByTestId('scan').fill(name);
    const option = this.page.getByRole('option', { name });
    if (!(await shows(option))) return false;
    await this.page.getByTestId('scan').press('Enter');
    const answer = this.page.getByTestId('answer');
    await answer.waitFor();
    const letIn = this.page.getByRole('button', { name: 'Let in with a reason' });
    if ((await answer.getAttribute('data-light')) === 'stop') {
      await letIn.click();
      const dialog = this.page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'pays today' }).click();
      await dialog.getByRole('button', { name: 'Let in with a reason' }).click();
    } else {
      await this.page.getByTestId('check-in').click();
    }
    await answer.waitFor({ state: 'detached' });
    return true;
  }

  /** What happens to tablets between two deeds. */
  async mishap() {
    const fate = this.dice.next();
    if (fate < 0.05) await this.beOffline(this.dice.between(1_000, 8_000));
    else if (fate < 0.09) await this.jump(this.dice.pick([3 * HOUR_MS, -3 * HOUR_MS, 400 * 24 * HOUR_MS, 0]));
    else if (fate < 0.12) await this.page.reload();
  }

  async kill() {
    this.counts.kills += 1;
    await this.tablet.kill();
  }

  /** After a kill, or when a screen is stuck: starts again, and looks what became of the last deed. */
  async comeBack(isStuck = 0) {
    if (isStuck > 2) await this.tablet.kill();
    if (isStuck === 0 || isStuck > 2) await this.start();
    for (let tries = 0; ; tries += 1) {
      try {
        await this.goto('/');
        await this.page.locator('.rail__name').filter({ hasText: 'River Gym' }).waitFor();
        await this.writeDown();
        return;
      } catch (error) {
        if (tries === 2) throw error;
        await this.tablet.kill();
        await this.start();
      }
    }
  }

  async beOffline(ms) {
    this.counts.cuts += 1;
    await this.page.context().setOffline(true);
    const until = Date.now() + ms;
    while (Date.now() < until) await this.deed();
    await this.page.context().setOffline(false);
  }

  async jump(shiftMs) {
    this.counts.jumps += 1;
    this.shiftMs = shiftMs;
    await this.page.evaluate((shift) => localStorage.setItem('soak.shift', String(shift)), shiftMs);
    // A tablet that was switched on with the wrong time, or one whose clock jumped while it was open.
    if (this.dice.chance(0.5)) await this.page.reload();
  }

  /** Everything healed: nothing waits here, and what the hub has is here. */
  async settle() {
    await this.page.context().setOffline(false);
    await this.page.evaluate(() => localStorage.removeItem('soak.shift'));
    await this.goto('/settings/hub');
    await this.page.getByText(/^Everything is with the hub/).waitFor({ timeout: 180_000 });
  }

  /** Who this device is to the hub. */
  who() {
    return this.page.evaluate(
      () =>
        new Promise((done, failed) => {
          const request = indexedDB.open('rollcall-journal');
          request.onerror = () => failed(request.error);
          request.onsuccess = () => {
            const me = request.result.transaction('meta').objectStore('meta').get('app:me');
            me.onerror = () => failed(me.error);
            me.onsuccess = () => {
              request.result.close();
              const { device, person, role } = JSON.parse(me.result);
              done({ device, person, role });
            };
          };
        }),
    );
  }

  /** The backup file as a person saves it. */
  async backup(passphrase) {
    await this.goto('/settings/backup');
    await this.page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (blob) => {
        globalThis.soakFile = blob;
        return make(blob);
      };
    });
    await this.page.getByLabel('Passphrase', { exact: false }).first().fill(passphrase);
    await this.page.getByLabel('The same passphrase again').fill(passphrase);
    await this.page.getByRole('button', { name: 'Save the backup file' }).click();
    await this.page.waitForFunction(() => globalThis.soakFile !== undefined, undefined, { timeout: 120_000 });
    return this.page.evaluate(() => globalThis.soakFile.text());
  }

  /** What the list and the door say. */
  async figures() {
    await this.goto('/members');
    const members = await this.page.getByText(/^[\d,]+ members?$/).textContent();
    await this.goto('/check-in');
    const visits = await this.page.getByText(/^[\d,]+ visits? today$/).textContent();
    return { members: Number(members.replace(/\D/g, '')), visits: Number(visits.replace(/\D/g, '')) };
  }

  async close() {
    await this.tablet?.close();
  }
}

/** It is there within a moment. */
async function shows(locator) {
  return locator
    .first()
    .waitFor({ timeout: 3_000 })
    .then(
      () => true,
      () => false,
    );
}
