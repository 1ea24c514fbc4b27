import * as ffi from "ffi";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { mayHoldLiteral } from "../first-look.ts";
import { isSpent, leave } from "../inspection.ts";
import { AT_BODY, AT_STRUCTURE } from "../rule.ts";
import { deservesJudging, judgeLeaf, judgeWithin, noteBase64 } from "./leaf.ts";
import { canNest, noteNested, TEXT } from "./nested-notes.ts";

/** XML: text, attributes, CDATA and comments as values; declarations, instructions and tags for what only shows in the structure. */
const OPEN = 60;
const CLOSE = 62;
const QUOTE = 34;
const APOSTROPHE = 39;
const BANG = 33;
const BRACKET = 91;
const BRACKET_CLOSE = 93;
const MINUS = 45;
/** Nothing shorter holds anything inside. */
const SHORTEST_NESTED = 12;

const OPEN_BRACE = 123;

/** Judges a value, and what is nested in it. */
function judgeInner(bytes: ffi.Numbers, from: number, to: number, field: string): PayloadFinding | undefined {
  if (to - from >= SHORTEST_NESTED && canNest()) {
    if (bytes[from] === OPEN_BRACE || bytes[from] === BRACKET) {
      if (noteNested(TEXT, ffi.string(advance(bytes, from), to - from), AT_BODY, field)) return undefined;
    }
    noteBase64(bytes, from, to, "none", AT_BODY, field);
  }
  return judgeLeaf(bytes, from, to, "none", AT_BODY, field);
}

/** Judges the quoted values inside one tag, `bytes[from, to)`. */
function judgeAttributes(bytes: ffi.Numbers, from: number, to: number): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let i = from;
  while (i < to && !isSpent()) {
    const quote = bytes[i];
    i++;
    if (quote === QUOTE || quote === APOSTROPHE) {
      let end = i;
      while (end < to && bytes[end] !== quote) end++;
      best = stronger(best, judgeInner(bytes, i, end, "xml:attribute"));
      i = end + 1;
    }
  }
  return best;
}

function judgeText(bytes: ffi.Numbers, from: number, to: number): PayloadFinding | undefined {
  let start = from;
  let end = to;
  while (start < end && bytes[start] <= 32) start++;
  while (end > start && bytes[end - 1] <= 32) end--;
  return judgeInner(bytes, start, end, "xml:text");
}

/** Judges a tag, a declaration or an instruction, without its angles. */
function judgeTag(bytes: ffi.Numbers, from: number, to: number): PayloadFinding | undefined {
  if (!mayHoldLiteral(bytes, from - 1, to) || !deservesJudging(bytes, from - 1, to, "none")) return undefined;
  const whole = judgeWithin(bytes, from - 1, to, "none", AT_STRUCTURE, "xml");
  return stronger(whole, judgeAttributes(bytes, from, to));
}

/** Index of the `>` behind two bytes `mark`, as of `-->` and `]]>`, or `to`. */
function endBehind(bytes: ffi.Numbers, i: number, to: number, mark: number): number {
  let end = i;
  while (end < to && !(bytes[end] === CLOSE && bytes[end - 1] === mark && bytes[end - 2] === mark)) end++;
  return end;
}

/** Index of the `>` of a declaration, behind the `]` of its inner part, or `to`. */
function endOfDeclaration(bytes: ffi.Numbers, i: number, to: number): number {
  let inner = false;
  let end = i;
  while (end < to) {
    const byte = bytes[end];
    if (byte === BRACKET) inner = true;
    else if (byte === BRACKET_CLOSE) inner = false;
    else if (byte === CLOSE && !inner) return end;
    end++;
  }
  return end;
}

function endOfTag(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && bytes[end] !== CLOSE) end++;
  return end;
}

let readTo = 0;

/** Judges what begins with the `<` at `open`; `readTo` is then at its `>`. */
function judgeMarkup(bytes: ffi.Numbers, open: number, to: number): PayloadFinding | undefined {
  const from = open + 1;
  if (bytes[from] !== BANG) {
    readTo = endOfTag(bytes, from, to);
    return judgeTag(bytes, from, readTo);
  }
  if (bytes[from + 1] === BRACKET && from + 8 < to) {
    readTo = endBehind(bytes, from + 8, to, BRACKET_CLOSE);
    return judgeText(bytes, from + 8, Math.max(from + 8, readTo - 2));
  }
  if (bytes[from + 1] === MINUS) {
    readTo = endBehind(bytes, from + 3, to, MINUS);
    const instruction = judgeTag(bytes, from, readTo);
    return stronger(instruction, judgeText(bytes, Math.min(from + 3, readTo), readTo));
  }
  readTo = endOfDeclaration(bytes, from, to);
  return judgeTag(bytes, from, readTo);
}

/** What a document declares is what it is, whatever the addresses and files in it look like. */
function declaredOr(
  declared: PayloadFinding | undefined,
  best: PayloadFinding | undefined,
): PayloadFinding | undefined {
  if (declared === undefined || best === undefined) return best;
  declared.score = Math.max(declared.score, best.score);
  return declared;
}

const DECLARED = 70;

/** Judges the text of a document as far as it goes. */
function judgeDocument(bytes: ffi.Numbers, to: number): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let declared: PayloadFinding | undefined;
  let i = 0;
  while (i < to && !isSpent()) {
    let open = i;
    while (open < to && bytes[open] !== OPEN) open++;
    if (open > i) best = stronger(best, judgeText(bytes, i, open));
    if (open >= to) break;
    const found = judgeMarkup(bytes, open, to);
    if (found !== undefined && found.class === "xxe" && found.score >= DECLARED) declared = stronger(declared, found);
    best = stronger(best, found);
    if (readTo >= to) leave("malformed");
    i = readTo + 1;
  }
  return declaredOr(declared, best);
}

const SEAM = "]]><![CDATA[";
const { find, gsub, sub } = string;

/** Without comments. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let from = 1;
  let [at] = find(text, "<!--", 1, true);
  while (at !== undefined) {
    parts.push(sub(text, from, at - 1));
    const [, end] = find(text, "-->", at + 4, true);
    from = end === undefined ? text.length + 1 : end + 1;
    [at] = find(text, "<!--", from, true);
  }
  parts.push(sub(text, from));
  return table.concat(parts);
}

/** What a parser puts together: comments and seams of CDATA divide a text for nobody but us. */
function joined(text: string): string {
  const [comment] = find(text, "<!--", 1, true);
  const bare = comment === undefined ? text : withoutComments(text);
  const [seam] = find(bare, SEAM, 1, true);
  if (seam === undefined) return bare;
  const [whole] = gsub(bare, "%]%]><!%[CDATA%[", "");
  return whole;
}

/** Judges an XML text as it is written and as it is read. */
export function judgeXml(text: string, bytes: ffi.Numbers): PayloadFinding | undefined {
  const found = judgeDocument(bytes, text.length);
  const whole = joined(text);
  if (whole.length === text.length || isSpent()) return found;
  return stronger(found, judgeDocument(ffi.cast("const uint8_t *", whole), whole.length));
}
