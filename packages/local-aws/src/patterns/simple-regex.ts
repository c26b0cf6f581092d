import { parseSimpleRegex, type Alternative } from "./simple-regex-parser.ts";

const WORD_BITS = 32;
/** ASCII, and one class for whatever is beyond: no expression can name a character there. */
const CLASSES = 129;

/**
 * A regular expression without groups, as CloudWatch Logs has them: characters, classes, `. ^ $ |`, and `? * + {n,m}`.
 * All its states advance together, a bit each, so that a text takes one step a character whatever the expression is:
 * Navarro and Raffinot, "Flexible Pattern Matching in Strings", section 4.4.
 */
export class SimpleRegex {
  /** How many machine words the states take up: what one step costs. */
  readonly words: number;
  /** By character class and word: states that leave by it, and states that stay on it. */
  readonly #leave: Uint32Array;
  readonly #stay: Uint32Array;
  /** States from which the next is reached without a character. */
  readonly #skip: Uint32Array;
  /** States at the beginning of the text, and those that may begin anywhere. */
  readonly #atStart: Uint32Array;
  readonly #anywhere: Uint32Array;
  /** States in which the text has matched, at once or at its end. */
  readonly #accept: Uint32Array;
  readonly #acceptAtEnd: Uint32Array;

  /** @throws SyntaxError for an expression that is none, or too long */
  constructor(source: string) {
    const alternatives = parseSimpleRegex(source);
    const states = alternatives.reduce((sum, { items }) => sum + items.length + 1, 0);
    const words = Math.ceil(states / WORD_BITS);
    const sets = () => new Uint32Array(words);
    this.words = words;
    [this.#leave, this.#stay] = [
      new Uint32Array(CLASSES * words),
      new Uint32Array(CLASSES * words),
    ];
    [this.#skip, this.#atStart, this.#anywhere] = [sets(), sets(), sets()];
    [this.#accept, this.#acceptAtEnd] = [sets(), sets()];
    let state = 0;
    for (const alternative of alternatives) state = this.#add(alternative, state);
  }

  /** Whether the expression matches somewhere in `text`. @param onStep called at each step; for tests that bound them */
  test(text: string, onStep?: () => void): boolean {
    const { words } = this;
    let states = Uint32Array.from(this.#atStart);
    let next = new Uint32Array(words);
    this.#closure(states);
    if (intersects(states, this.#accept)) return true;
    for (let at = 0; at < text.length; at++) {
      onStep?.();
      this.#step(states, next, Math.min(text.charCodeAt(at), CLASSES - 1) * words);
      this.#closure(next);
      if (intersects(next, this.#accept)) return true;
      [states, next] = [next, states];
    }
    return intersects(states, this.#acceptAtEnd);
  }

  #step(states: Uint32Array, next: Uint32Array, row: number): void {
    let carry = 0;
    for (let word = 0; word < this.words; word++) {
      const leaving = states[word]! & this.#leave[row + word]!;
      const staying = states[word]! & this.#stay[row + word]!;
      next[word] = (leaving << 1) | carry | staying | this.#anywhere[word]!;
      carry = leaving >>> (WORD_BITS - 1);
    }
  }

  /** Adds to a run of states that may be skipped a carry at its first active one, which walks to the run's end. */
  #closure(states: Uint32Array): void {
    let carry = 0;
    for (let word = 0; word < this.words; word++) {
      const skip = this.#skip[word]!;
      const sum = ((states[word]! & skip) >>> 0) + skip + carry;
      carry = sum > 0xffff_ffff ? 1 : 0;
      states[word] = states[word]! | ((sum ^ skip) >>> 0);
    }
  }

  /** Lays out the states of an alternative from `first` on; returns where the next begins. */
  #add({ items, fromStart, toEnd }: Alternative, first: number): number {
    set(fromStart ? this.#atStart : this.#anywhere, first);
    if (!fromStart) set(this.#atStart, first);
    for (const [index, { matches, optional, repeats }] of items.entries()) {
      const state = first + index;
      if (optional) set(this.#skip, state);
      for (let code = 0; code < CLASSES; code++) {
        if (!matches(code)) continue;
        set(this.#leave, state, code * this.words);
        if (repeats) set(this.#stay, state + 1, code * this.words);
      }
    }
    const last = first + items.length;
    set(this.#acceptAtEnd, last);
    if (!toEnd) set(this.#accept, last);
    return last + 1;
  }
}

function set(bits: Uint32Array, bit: number, row = 0): void {
  const word = row + Math.floor(bit / WORD_BITS);
  bits[word] = bits[word]! | (1 << (bit % WORD_BITS));
}

function intersects(a: Uint32Array, b: Uint32Array): boolean {
  for (let word = 0; word < a.length; word++) if ((a[word]! & b[word]!) !== 0) return true;
  return false;
}
