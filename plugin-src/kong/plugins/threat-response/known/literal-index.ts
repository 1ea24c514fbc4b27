import * as ffi from "ffi";
import { type Automaton, buildAutomaton, type Owners } from "../payload/automaton.ts";
import { BLANK, CLASSES, HEX, NOT_HEX, OTHER, PLAIN } from "../payload/byte-classes.ts";

/**
 * An automaton over few literals, cut down to the bytes that occur in them: a table a tenth as large. One look-up for each
 * byte, whatever the number of literals.
 */
export interface LiteralIndex {
  next: ffi.Numbers;
  /** Columns of the table. */
  width: number;
  /** States from here on end a literal. */
  firstAccepting: number;
  rows: number;
  goesOn: ffi.Numbers;
  /** Who gave the literals that end in a state. */
  owners: Owners;
  /** Column of each byte of decoded text, and of text with %XX (`wire`), and with + for a space too (`form`). */
  plain: ffi.Numbers;
  wire: ffi.Numbers;
  form: ffi.Numbers;
}

const ESCAPE = 255;
const PERCENT_SIGN = 37;
const PLUS_SIGN = 43;

/**
 * All digits are one: a text that has others than the literal is met too. Who asks looks closer then, and the table is smaller by a
 * sixth.
 */
function withoutDigits(literals: string[][]): string[][] {
  const folded: string[][] = [];
  for (const list of literals) {
    const texts: string[] = [];
    for (const literal of list) {
      const [text] = string.gsub(literal, "%d", "0");
      texts.push(text);
    }
    folded.push(texts);
  }
  return folded;
}

/** The new column of each class of the automaton; what no literal holds stays with OTHER. Returns how many columns there are. */
function numberColumns(literals: string[][], columns: number[]): number {
  let width = OTHER + 1;
  for (const _ of $range(1, CLASSES)) columns.push(OTHER);
  for (const list of literals) {
    for (const literal of list) {
      for (const i of $range(1, literal.length)) {
        const byteClass = PLAIN[string.byte(literal, i)];
        if (byteClass !== OTHER && columns[byteClass] === OTHER) {
          columns[byteClass] = width;
          width++;
        }
      }
    }
  }
  return width;
}

/** Unused classes share OTHER's column and do not overwrite it: they lead where it leads. */
function narrow(automaton: Automaton, columns: number[], width: number): ffi.Numbers {
  const next = ffi.new("uint16_t[?]", automaton.rows * width);
  for (const row of $range(0, automaton.rows - 1)) {
    for (const byteClass of $range(0, CLASSES - 1)) {
      next[row * width + columns[byteClass]] = automaton.next[row * CLASSES + byteClass];
    }
  }
  return next;
}

function columnsOfBytes(columns: number[]): ffi.Numbers {
  const bytes = ffi.new("uint8_t[256]");
  for (const byte of $range(0, 255)) bytes[byte] = columns[PLAIN[byte]];
  for (const digit of $range(48, 57)) bytes[digit] = columns[PLAIN[48]];
  return bytes;
}

/** `given[i]` are those of owner `i`: lower case, a space for any white space. Cold. */
export function buildIndex(given: string[][]): LiteralIndex {
  const literals = withoutDigits(given);
  const automaton = buildAutomaton(literals);
  const columns: number[] = [];
  const width = numberColumns(literals, columns);
  const wire = columnsOfBytes(columns);
  wire[PERCENT_SIGN] = ESCAPE;
  const form = columnsOfBytes(columns);
  form[PERCENT_SIGN] = ESCAPE;
  form[PLUS_SIGN] = columns[BLANK];
  return {
    next: narrow(automaton, columns, width),
    width,
    firstAccepting: automaton.firstAccepting,
    rows: automaton.rows,
    goesOn: automaton.goesOn,
    owners: automaton.owners,
    plain: columnsOfBytes(columns),
    wire,
    form,
  };
}

/** Whether any literal occurs in `text`, read with `columns`: one of the index's own three. Hot. */
export function mentions(index: LiteralIndex, columns: ffi.Numbers, text: string): boolean {
  const { next, width, firstAccepting } = index;
  const bytes = ffi.cast("const uint8_t *", text);
  const to = text.length;
  let state = 0;
  let i = 0;
  while (i < to) {
    let column = columns[bytes[i]];
    i++;
    if (column === ESCAPE) {
      column = index.plain[PERCENT_SIGN];
      if (i + 1 < to) {
        const high = HEX[bytes[i]];
        const low = HEX[bytes[i + 1]];
        if (high !== NOT_HEX && low !== NOT_HEX) {
          column = index.plain[high * 16 + low];
          i += 2;
        }
      }
    }
    state = next[state * width + column];
    if (state >= firstAccepting) return true;
  }
  return false;
}

/** Whose literals occurred since `beginCollecting`, each once. */
export const collected: number[] = [];
/** By owner the last collecting in which it was met. */
const met: number[] = [];
let collecting = 0;

export function beginCollecting(): void {
  collecting++;
}

/** Adds an owner behind the first `count`; returns how many there are then. */
export function collectOwner(owner: number, count: number): number {
  if (met[owner] === collecting) return count;
  met[owner] = collecting;
  collected[count] = owner;
  return count + 1;
}

/** Adds the owners of all literals in a decoded text behind the first `count`; returns how many there are then. */
export function collect(index: LiteralIndex, text: string, count: number): number {
  const { next, width, firstAccepting, rows, goesOn, plain } = index;
  const { from, list } = index.owners;
  const bytes = ffi.cast("const uint8_t *", text);
  let total = count;
  let state = 0;
  for (const i of $range(0, text.length - 1)) {
    state = next[state * width + plain[bytes[i]]];
    if (state >= firstAccepting) {
      const last = from[state - firstAccepting + 1] - 1;
      for (const k of $range(from[state - firstAccepting], last)) total = collectOwner(list[k], total);
      if (state >= rows) state = goesOn[state - rows];
    }
  }
  return total;
}
