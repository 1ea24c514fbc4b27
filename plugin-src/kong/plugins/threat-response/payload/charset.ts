import * as ffi from "ffi";
import { putCodePoint } from "./fields/transport.ts";
import { leave } from "./inspection.ts";

/** Bodies in wide character sets, rewritten as UTF-8 so that everything else can read them. */
const LONGEST = 262144;
/** Three bytes of UTF-8 for two of UTF-16 at most. */
let buffer: ffi.Numbers | undefined;

/** How many bytes a character has, negative where the least significant comes first; 0 for single bytes. */
type Width = 0 | 2 | -2 | 4 | -4;

function widthByMark(a: number, b: number, c: number, d: number): Width {
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? -4 : -2;
  if (a === 0xfe && b === 0xff) return 2;
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 4 : 0;
}

/** Without a mark: ASCII in a wide set has zeros in the same places. */
function widthByZeros(a: number, b: number, c: number, d: number): Width {
  if (a !== 0 && b === 0 && c === 0 && d === 0) return -4;
  if (a === 0 && b === 0 && c === 0 && d !== 0) return 4;
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return -2;
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? 2 : 0;
}

function widthOf(bytes: ffi.Numbers, length: number): Width {
  if (length < 4) return length > 1 ? widthByMark(bytes[0], bytes[1], 1, 1) : 0;
  const marked = widthByMark(bytes[0], bytes[1], bytes[2], bytes[3]);
  return marked === 0 ? widthByZeros(bytes[0], bytes[1], bytes[2], bytes[3]) : marked;
}

function readUnit(bytes: ffi.Numbers, i: number, width: Width): number {
  if (width === 2) return bytes[i] * 256 + bytes[i + 1];
  if (width === -2) return bytes[i] + bytes[i + 1] * 256;
  // Beyond the basic plane nothing matters to us.
  const isHigh = width === 4 ? bytes[i] !== 0 || bytes[i + 1] !== 0 : bytes[i + 3] !== 0 || bytes[i + 2] !== 0;
  if (isHigh) return 63;
  return width === 4 ? bytes[i + 2] * 256 + bytes[i + 3] : bytes[i] + bytes[i + 1] * 256;
}

let plain = 0;

function rewrite(bytes: ffi.Numbers, length: number, width: Width): string {
  const step = Math.abs(width);
  const to = Math.min(length, LONGEST);
  if (length > LONGEST) leave("charset");
  buffer ??= ffi.new("uint8_t[?]", (LONGEST * 3) / 2 + 8);
  let written = 0;
  let i = 0;
  plain = 0;
  while (i + step <= to) {
    const unit = readUnit(bytes, i, width);
    if (unit < 128) plain++;
    if (unit !== 0xfeff) written = putCodePoint(unit, buffer, written);
    i += step;
  }
  return ffi.string(buffer, written);
}

/** Sets in which ASCII is written as ASCII. */
const PREFIXES = [
  "utf-8",
  "utf8",
  "us-ascii",
  "ascii",
  "iso-8859",
  "iso8859",
  "latin",
  "windows-",
  "cp125",
  "koi8",
  "gb",
  "big5",
  "shift",
  "sjis",
  "euc",
];

function isReadable(charset: string): boolean {
  for (const prefix of PREFIXES) {
    if (string.sub(charset, 1, prefix.length) === prefix) return true;
  }
  return false;
}

function isWide(charset: string): boolean {
  const [at] = string.find(charset, "^u[tc][fs]%-?[1324]");
  return at !== undefined;
}

/** The set that a lower-case content type names. */
function charsetOf(contentType: string): string | undefined {
  const [at] = string.find(contentType, "charset", 1, true);
  if (at === undefined) return undefined;
  const [name] = string.match(contentType, "charset%s*=%s*['\"]?([^;'\"%s,]+)", at);
  return name as string | undefined;
}

/** A body in a wide set as UTF-8; nil for any other. Sets that cannot be read are noted. */
export function readWideBody(body: string, contentType: string | undefined): string | undefined {
  const bytes = ffi.cast("const uint8_t *", body);
  const charset = contentType === undefined ? undefined : charsetOf(contentType);
  const width = widthOf(bytes, body.length);
  if (charset !== undefined && !isReadable(charset) && !(width !== 0 && isWide(charset))) leave("charset");
  return width === 0 ? undefined : rewrite(bytes, body.length, width);
}

/** Whether the last body that was read so has so little ASCII in it that it may only pretend to be wide. */
export function wasDoubtful(length: number): boolean {
  return plain * 8 < length;
}
