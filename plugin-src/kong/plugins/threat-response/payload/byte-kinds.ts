import * as ffi from "ffi";
import { BLANK, PLAIN } from "./byte-classes.ts";

/** The alphabet of the first look: letters without regard to case, blanks, digits, and every sign that matters. */
export const KINDS = 64;
export const BLANKS = 26;
export const DIGIT = 27;
export const OTHER = 28;
/** No byte's by itself: whoever divides a text gives it to what ends a value. */
export const BOUND = 63;
/** Bytes with a kind of their own, behind letters, blanks, digits and the rest. */
const DISTINCT = `',.-"\`(){}[]<>$&|;:=*/\\%#!+?@^_~${string.char(0xc0, 0xc1, 0xef)}`;

export function kindOf(byte: number): number {
  if (PLAIN[byte] === BLANK) return BLANKS;
  const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
  if (lower >= 97 && lower <= 122) return lower - 97;
  if (lower >= 48 && lower <= 57) return DIGIT;
  const [at] = string.find(DISTINCT, string.char(lower), 1, true);
  return at === undefined ? OTHER : OTHER + at;
}

export const kinds = ffi.new("uint8_t[256]");
for (const byte of $range(0, 255)) kinds[byte] = kindOf(byte);

/** In forms a plus sign is a blank. */
export const formKinds = ffi.new("uint8_t[256]");
ffi.copy(formKinds, kinds, 256);
formKinds[43] = BLANKS;

/**
 * How rare each letter or blank is behind another in what people and programs write: for each of `a` to `z` and blank a row, in halvings.
 * Measured on ordinary requests.
 */
const RARITY = [
  "655567485984449384426777576",
  "365636564773664674473877587",
  "386848746955881895746999797",
  "476517674876575766574788683",
  "574476686994548462459666793",
  "366645772765772774555877584",
  "466737551786765775585778784",
  "478828795889884987822999895",
  "564456597874534596428677877",
  "455536555655564446365546569",
  "466527663766672757464776574",
  "477337894782793798554889695",
  "346527774786565478556868675",
  "395435395876755598435799883",
  "673397698975336693465757795",
  "488749772994873594255998796",
  "346666365655565657462666655",
  "486629594974674896336699694",
  "585828943976685597434869883",
  "497939934996783395537989594",
  "625648596975459584339999886",
  "266727673776766777757877777",
  "387748753787542687577738675",
  "365556665666455455636566465",
  "465767775675443377457767562",
  "365536554566554665564655558",
  "465666775966666595546769791",
];

/** How rare three kinds in a row are in ordinary text; the sum of two pairs. */
function rarityOfPair(a: number, b: number): number {
  if (a <= BLANKS && b <= BLANKS) return string.byte(RARITY[a], b + 1) - 48;
  // Signs are rare by themselves, digits come together.
  if (b === DIGIT) return a === DIGIT ? 1 : 4;
  return b <= BLANKS ? 5 : 8;
}

export function rarityOf(a: number, b: number, c: number): number {
  const first = a === BLANKS ? 2 : a === DIGIT ? 4 : a < BLANKS ? 4 : 8;
  return first + rarityOfPair(a, b) + rarityOfPair(b, c);
}
