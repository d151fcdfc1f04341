// Chance out of a seed: the same seed gives the same run of choices (mulberry32).

export class Dice {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** 0 to 1, without 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(share) {
    return this.next() < share;
  }

  pick(among) {
    return among[this.between(0, among.length - 1)];
  }
}

export const after = (ms) => new Promise((done) => setTimeout(done, ms));
