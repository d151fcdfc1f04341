// One address in front of several hubs, as a proxy would be, and a wire that can be cut, slowed and plugged in elsewhere.
// It knows bytes and connections, not what is said.
import { connect, createServer } from 'node:net';

const SLICE_BYTES = 512;
const SLICE_MS = 100;

export class Front {
  #ports;
  #first = 0;
  #isCut = false;
  #isSlow = false;
  #open = new Set();
  #server;

  /** @param {number[]} ports where the hubs listen */
  constructor(ports) {
    this.#ports = ports;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen() {
    await new Promise((done) => this.#server.listen(0, '127.0.0.1', () => done(undefined)));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Every connection breaks, and nobody gets through. */
  cut() {
    this.#isCut = true;
    this.#breakAll();
  }

  /** Some hundred bytes at a time. */
  slow() {
    this.#isSlow = true;
  }

  heal() {
    this.#isCut = false;
    this.#isSlow = false;
  }

  /** The other hub is asked first; what is under way breaks. */
  switchOver() {
    this.#first = (this.#first + 1) % this.#ports.length;
    this.#breakAll();
  }

  async close() {
    this.#breakAll();
    await new Promise((done) => this.#server.close(() => done(undefined)));
  }

  #breakAll() {
    for (const socket of this.#open) socket.destroy();
  }

  #accept(socket) {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    this.#join(socket, 0);
  }

  /** Asks the hubs one after the other; one that was killed does not answer. */
  #join(socket, tried) {
    if (tried >= this.#ports.length) {
      socket.destroy();
      return;
    }
    const hub = connect(this.#ports[(this.#first + tried) % this.#ports.length], '127.0.0.1');
    const next = () => this.#join(socket, tried + 1);
    hub.once('error', next);
    hub.once('connect', () => {
      hub.off('error', next);
      this.#carry(socket, hub);
    });
  }

  #carry(socket, hub) {
    for (const [from, to] of [
      [socket, hub],
      [hub, socket],
    ]) {
      this.#open.add(from);
      from.on('data', (bytes) => this.#pass(from, to, bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#open.delete(from);
        to.destroy();
      });
    }
  }

  async #pass(from, to, bytes) {
    if (!this.#isSlow) {
      to.write(bytes);
      return;
    }
    from.pause();
    for (let at = 0; at < bytes.length && !to.destroyed; at += SLICE_BYTES) {
      to.write(bytes.subarray(at, at + SLICE_BYTES));
      if (this.#isSlow) await new Promise((done) => setTimeout(done, SLICE_MS));
    }
    from.resume();
  }
}
