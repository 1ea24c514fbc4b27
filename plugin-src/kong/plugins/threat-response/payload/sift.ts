import * as ffi from "ffi";
import type { Automaton } from "./automaton.ts";
import { BACKSLASH, BLANK, CLASSES, FIRST_ESCAPE, HEX, NOT_HEX, OTHER, PLAIN } from "./byte-classes.ts";

/**
 * The hot path: does a part of a request, read as it is on the wire, hold any literal? One pass, one layer of encoding
 * undone on the way. Nearly all traffic ends here; only where this says yes is a part taken apart and decoded properly.
 */

const CLEAN = 1;
/** Clean once, but not twice in a row. */
const CLEAN_ONCE = 2;
const DOT = 46;
const cleanliness = ffi.new("uint8_t[256]");
for (const byte of $range(48, 57)) cleanliness[byte] = CLEAN;
for (const byte of $range(97, 122)) {
  cleanliness[byte] = CLEAN;
  cleanliness[byte - 32] = CLEAN;
}
cleanliness[45] = CLEAN;
cleanliness[46] = CLEAN_ONCE;
cleanliness[95] = CLEAN_ONCE;

const SHORTEST_OBJECT = 16;

/** Whether a run of letters and digits begins as objects do that Java, Ruby and Python write, in base64 or hexadecimal digits. */
function mayBeObject(bytes: ffi.Numbers, from: number, to: number): boolean {
  if (to - from < SHORTEST_OBJECT) return false;
  const [first, second, third] = [bytes[from], bytes[from + 1], bytes[from + 2]];
  if (first === 114) return second === 79 && third === 48;
  if (first === 66) return second === 65 && third === 104;
  if (first === 103) return second === 65;
  return (first | 32) === 97 && (second | 32) === 99 && (third | 32) === 101;
}

/** Letters, digits, `-`, `_` and one dot: no known attack is written with these alone. Names of classes and members have more dots. */
export function isClean(bytes: ffi.Numbers, from: number, to: number): boolean {
  let previous = 0;
  let dots = 0;
  let i = from;
  while (i < to) {
    const byte = bytes[i];
    const kind = cleanliness[byte];
    if (kind === 0 || (kind === CLEAN_ONCE && byte === previous)) return false;
    if (byte === DOT) dots++;
    previous = byte;
    i++;
  }
  return dots < 2 && !mayBeObject(bytes, from, to);
}

/** The byte that begins, in UTF-8, what an escape stands for whose first hexadecimal digit is `digit`. */
function leadOf(digit: number): number {
  if ((digit | 32) === 102) return 0xef;
  return digit >= 49 && digit <= 51 ? 0xe0 + digit - 48 : 0;
}

/** The class of what the JSON escape after a backslash at `i - 1` stands for, and how many bytes it takes. */
function readJsonEscape(
  bytes: ffi.Numbers,
  i: number,
  to: number,
): LuaMultiReturn<[byteClass: number, length: number]> {
  if (i >= to) return $multi(OTHER, 0);
  const letter = bytes[i];
  if (letter !== 117) {
    const isSpace = letter === 110 || letter === 114 || letter === 116 || letter === 102;
    return $multi(isSpace ? BLANK : PLAIN[letter], 1);
  }
  if (i + 4 >= to) return $multi(OTHER, 1);
  if (bytes[i + 1] !== 48 || bytes[i + 2] !== 48) return $multi(PLAIN[leadOf(bytes[i + 1])], 5);
  const high = HEX[bytes[i + 3]];
  const low = HEX[bytes[i + 4]];
  if (high === NOT_HEX || low === NOT_HEX) return $multi(OTHER, 1);
  return $multi(PLAIN[high * 16 + low], 5);
}

/** Whether any literal of `automaton` occurs in `bytes[from, to)` read with the classes of its encoding. */
export function holdsLiteral(
  automaton: Automaton,
  classes: ffi.Numbers,
  bytes: ffi.Numbers,
  from: number,
  to: number,
): boolean {
  const next = automaton.next;
  const firstAccepting = automaton.firstAccepting;
  let state = 0;
  let i = from;
  while (i < to) {
    let byteClass = classes[bytes[i]];
    i++;
    if (byteClass >= FIRST_ESCAPE) {
      if (byteClass === BACKSLASH) {
        const [decoded, length] = readJsonEscape(bytes, i, to);
        byteClass = decoded;
        i += length;
      } else {
        byteClass = PLAIN[37];
        if (i + 1 < to) {
          const high = HEX[bytes[i]];
          const low = HEX[bytes[i + 1]];
          if (high !== NOT_HEX && low !== NOT_HEX) {
            byteClass = PLAIN[high * 16 + low];
            i += 2;
          }
        }
      }
    }
    state = next[state * CLASSES + byteClass];
    if (state >= firstAccepting) return true;
  }
  return false;
}

const SAMPLED = 512;

/** Whether the beginning of `bytes[from, to)` has too many control bytes to be text. */
export function isBinary(bytes: ffi.Numbers, from: number, to: number): boolean {
  const end = Math.min(to, from + SAMPLED);
  let controls = 0;
  let i = from;
  while (i < end) {
    const byte = bytes[i];
    if (byte < 9 || (byte > 13 && byte < 32)) controls++;
    i++;
  }
  return controls * 16 > end - from;
}
