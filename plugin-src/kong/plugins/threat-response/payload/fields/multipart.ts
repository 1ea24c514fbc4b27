import * as ffi from "ffi";
import { spare } from "../declared.ts";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { leave, spendLook } from "../inspection.ts";
import { AT_BODY, AT_NAME } from "../rule.ts";
import { isBinary } from "../sift.ts";
import { judgeLeaf, noteBase64 } from "./leaf.ts";
import { canNest, noteNested, TEXT } from "./nested-notes.ts";

/** A multipart body: the headers of each part, with its name and file name, and its content where that is text. */
const MOST_PARTS = 1000;
/** Every part costs so much besides what is judged in it. */
const PART_COST = 64;
const SHORTEST_BASE64 = 12;
const QUOTE = 34;
const SEMICOLON = 59;
const EQUALS = 61;
const { find, match, sub } = string;

/** Whether the last line had nothing unusual outside its quotes. */
let isUsual = false;

function isPlain(byte: number): boolean {
  const lower = byte | 32;
  return (lower >= 97 && lower <= 122) || (byte >= 48 && byte <= 59) || byte === 32 || byte === 45 || byte === 13;
}

/** Judges what the quotes of one line enclose, up to the last one: some write quotes of their own into a file name. */
function judgeQuoted(bytes: ffi.Numbers, from: number, to: number, field: string): PayloadFinding | undefined {
  let last = to;
  while (last > from && bytes[last - 1] !== QUOTE) last--;
  let best: PayloadFinding | undefined;
  let i = from;
  isUsual = true;
  while (i < to) {
    if (i < last && bytes[i] === QUOTE && bytes[i - 1] === EQUALS) {
      let end = i + 1;
      while (end < last - 1 && !(bytes[end] === QUOTE && bytes[end + 1] === SEMICOLON)) end++;
      noteBase64(bytes, i + 1, end, "none", AT_BODY, field);
      best = stronger(best, judgeLeaf(bytes, i + 1, end, "none", AT_BODY + AT_NAME, field));
      i = end;
    } else if (!isPlain(bytes[i]) && bytes[i] !== EQUALS) {
      isUsual = false;
    }
    i++;
  }
  return best;
}

function judgeHead(bytes: ffi.Numbers, from: number, to: number, field: string): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let start = from;
  while (start < to) {
    let end = start;
    while (end < to && bytes[end] !== 10) end++;
    // Names and file names count as names: they are short, and attacks travel in them.
    best = stronger(best, judgeQuoted(bytes, start, end, field));
    if (!isUsual) best = stronger(best, judgeLeaf(bytes, start, end, "none", AT_BODY + AT_NAME, field));
    start = end + 1;
  }
  return best;
}

function judgeContent(
  text: string,
  bytes: ffi.Numbers,
  from: number,
  to: number,
  field: string,
): PayloadFinding | undefined {
  let end = to;
  while (end > from && (bytes[end - 1] === 10 || bytes[end - 1] === 13)) end--;
  if (end <= from || isBinary(bytes, from, end)) return undefined;
  if (canNest() && (bytes[from] === 123 || bytes[from] === 91)) {
    if (noteNested(TEXT, sub(text, from + 1, end), AT_BODY, field)) return undefined;
  }
  if (canNest() && end - from >= SHORTEST_BASE64) noteBase64(bytes, from, end, "none", AT_BODY, field);
  return spare(judgeLeaf(bytes, from, end, "none", AT_BODY, field), AT_BODY);
}

/** Judges content in which `=XX` stands for bytes, where the head of its part says so. */
function judgePrintable(
  text: string,
  head: string,
  from: number,
  to: number,
  field: string,
): PayloadFinding | undefined {
  const [named] = find(string.lower(head), "quoted-printable", 1, true);
  if (named === undefined) return undefined;
  const [lines] = string.gsub(sub(text, from + 1, to), "=\r?\n", "");
  const [percent] = string.gsub(lines, "=(%x%x)", "%%%1");
  return judgeLeaf(ffi.cast("const uint8_t *", percent), 0, percent.length, "none", AT_BODY, field);
}

/** Judges the part `bytes[from, to)`, which begins behind its boundary. */
function judgePart(text: string, bytes: ffi.Numbers, from: number, to: number): PayloadFinding | undefined {
  const [headEnd, bodyStart] = find(text, "\r?\n\r?\n", from + 1);
  if (headEnd === undefined || headEnd > to) return judgeContent(text, bytes, from, to, "form:");
  const head = sub(text, from + 1, headEnd - 1);
  const [quoted] = match(head, '[; ][nN][aA][mM][eE]%s*=%s*"([^"]*)');
  const [bare] = quoted === undefined ? match(head, "[; ][nN][aA][mM][eE]%s*=%s*([^;%s]*)") : [quoted];
  const field = `form:${sub((quoted ?? bare ?? "") as string, 1, 64)}`;
  const inHead = stronger(judgeHead(bytes, from, headEnd - 1, field), judgePrintable(text, head, bodyStart, to, field));
  return stronger(inHead, judgeContent(text, bytes, bodyStart, to, field));
}

/** Judges the parts between `delimiter`; nil and a mark where there are too many. */
function judgeParts(text: string, bytes: ffi.Numbers, to: number, delimiter: string): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let [at] = find(text, delimiter, 1, true);
  // What stands before the first part is for nobody, but somebody may read it.
  if (at !== undefined && at > 1) best = judgeContent(text, bytes, 0, at - 1, "form:");
  for (const _ of $range(1, MOST_PARTS)) {
    if (at === undefined || !spendLook(PART_COST)) return best;
    const start = at - 1 + delimiter.length;
    const [next] = find(text, delimiter, start + 1, true);
    if (start < to) best = stronger(best, judgePart(text, bytes, start, next === undefined ? to : next - 1));
    at = next;
  }
  if (at !== undefined) leave("over_budget");
  return best;
}

/** The boundaries that a content type names; parsers differ in which of several they take. */
function boundariesOf(contentType: string): string[] {
  const found: string[] = [];
  for (const [quoted] of string.gmatch(contentType, '[bB][oO][uU][nN][dD][aA][rR][yY]%s*=%s*"([^"]+)"'))
    found.push(quoted as string);
  for (const [bare] of string.gmatch(contentType, '[bB][oO][uU][nN][dD][aA][rR][yY]%s*=%s*([^";,%s]+)'))
    found.push(bare as string);
  return found;
}

/** Judges a multipart body by each boundary that is named and occurs, else by the one it begins with. */
export function judgeMultipart(
  text: string,
  bytes: ffi.Numbers,
  to: number,
  contentType: string,
): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let parsed = 0;
  for (const boundary of boundariesOf(contentType)) {
    const delimiter = `--${boundary}`;
    const [at] = find(text, delimiter, 1, true);
    if (at !== undefined && parsed < 2) {
      parsed++;
      best = stronger(best, judgeParts(text, bytes, to, delimiter));
    }
  }
  if (parsed === 1) return best;
  leave("malformed");
  if (parsed > 1) return best;
  const [looks] = match(text, "^%s*(%-%-[^\r\n]+)");
  return looks === undefined ? judgeContent(text, bytes, 0, to, "body") : judgeParts(text, bytes, to, looks as string);
}
