import * as ffi from "ffi";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { limitsNow } from "../inspection.ts";
import { AT_BODY } from "../rule.ts";
import { judgeLeaf } from "./leaf.ts";

/**
 * A GraphQL operation: not prose and not code, so only its strings and comments are judged as values. What it costs the server
 * counts: how deep it goes, how many aliases it has, whether it asks for the schema. A text with a sign in it that no operation has is
 * none, and is judged as any other text.
 */
const NAME = 1;
const IGNORED = 2;
const OTHER = 0;
const kinds = ffi.new("uint8_t[256]");
for (const byte of $range(97, 122)) {
  kinds[byte] = NAME;
  kinds[byte - 32] = NAME;
}
for (const byte of $range(48, 57)) kinds[byte] = NAME;
kinds[95] = NAME;
for (const byte of [9, 10, 13, 32, 44]) kinds[byte] = IGNORED;

const QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const PAREN_OPEN = 40;
const PAREN_CLOSE = 41;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const AT = 64;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;
/** `!`, `=` and brackets: in types and values only. */
const inArguments = ffi.new("uint8_t[256]");
for (const byte of [33, 61, 91, 93]) inArguments[byte] = 1;

const TOO_COSTLY = 80;
const FORBIDDEN = 75;

let depth = 0;
let deepest = 0;
let parens = 0;
/** Of all operations of a request: aliases, and whatever else asks for the same once more. */
let aliases = 0;
let operations = 0;
/** Directives in a row. */
let directives = 0;
/** What tells the last field from others. */
let lastField = 0;
let introspects = false;
let valid = true;
let previous = 0;

/** More directives on one field than anybody needs. */
const MANY_DIRECTIVES = 4;

export function startOperations(): void {
  aliases = 0;
  operations = 0;
}

/** How many there were. */
export function operationCount(): number {
  return operations;
}

/** Whether the last text was an operation. */
export function wasOperation(): boolean {
  return valid;
}

/** Index of what ends a string that begins at `i`, behind its first quote. */
function endOfString(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && bytes[end] !== QUOTE) end += bytes[end] === 92 ? 2 : 1;
  return Math.min(end, to);
}

function endOfBlock(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && !(bytes[end] === QUOTE && bytes[end + 1] === QUOTE && bytes[end + 2] === QUOTE)) end++;
  return Math.min(end, to);
}

function endOfLine(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && bytes[end] !== 10 && bytes[end] !== 13) end++;
  return end;
}

let readTo = 0;

/** Judges the string or comment at `i`; `readTo` is then behind it. */
function judgeQuoted(bytes: ffi.Numbers, i: number, to: number, field: string): PayloadFinding | undefined {
  const isComment = bytes[i] === HASH;
  const isBlock = !isComment && i + 2 < to && bytes[i + 1] === QUOTE && bytes[i + 2] === QUOTE;
  const start = isBlock ? i + 3 : i + 1;
  const end = isComment
    ? endOfLine(bytes, start, to)
    : isBlock
      ? endOfBlock(bytes, start, to)
      : endOfString(bytes, start, to);
  readTo = end + (isComment ? 0 : isBlock ? 3 : 1);
  if (!isComment && end >= to) valid = false;
  return judgeLeaf(bytes, start, end, isComment || isBlock ? "none" : "json", AT_BODY, field);
}

/** Reads the name at `i`; returns the index behind it. */
function readName(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && kinds[bytes[end]] === NAME) end++;
  const isSchema = bytes[i] === 95 && bytes[i + 1] === 95 && parens === 0 && depth > 0;
  if (isSchema) {
    const name = ffi.string(advance(bytes, i), end - i);
    introspects = introspects || name === "__schema" || name === "__type";
  }
  if (parens === 0 && previous !== AT) {
    directives = 0;
    const field = (end - i) * 65536 + bytes[i] * 256 + bytes[end - 1];
    if (field === lastField && previous === NAME) aliases++;
    lastField = field;
  }
  previous = NAME;
  return end;
}

function readBrace(byte: number): void {
  if (parens > 0) return;
  if (byte === BRACE_CLOSE) {
    depth--;
    valid = valid && depth >= 0 && previous !== BRACE_OPEN;
    return;
  }
  valid = valid && previous !== BRACE_OPEN;
  depth++;
  deepest = Math.max(deepest, depth);
}

/** A sign; false where no operation has it. */
function readSign(bytes: ffi.Numbers, i: number): boolean {
  const byte = bytes[i];
  const follower = kinds[bytes[i + 1]];
  if (byte === BRACE_OPEN || byte === BRACE_CLOSE) {
    readBrace(byte);
  } else if (byte === PAREN_OPEN) {
    parens++;
  } else if (byte === PAREN_CLOSE) {
    parens--;
    if (parens < 0) return false;
  } else if (byte === COLON) {
    if (parens === 0) aliases++;
    if (previous !== NAME) return false;
  } else if (byte === DOLLAR || byte === AT) {
    if (follower !== NAME) return false;
    if (byte === AT) {
      directives++;
      if (directives > MANY_DIRECTIVES) aliases++;
    }
  } else if (byte === MINUS) {
    if (parens === 0 || follower !== NAME) return false;
  } else if (byte === DOT) {
    if (parens === 0 && bytes[i + 1] !== DOT && bytes[i - 1] !== DOT) return false;
  } else if (inArguments[byte] === 0 || parens === 0) {
    return false;
  }
  previous = byte;
  return true;
}

function read(bytes: ffi.Numbers, to: number, field: string): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let i = 0;
  while (i < to && valid) {
    const byte = bytes[i];
    const kind = kinds[byte];
    if (kind === NAME) {
      i = readName(bytes, i, to);
    } else if (kind === IGNORED) {
      i++;
    } else if (byte === HASH || (byte === QUOTE && parens > 0)) {
      best = stronger(best, judgeQuoted(bytes, i, to, field));
      i = readTo;
    } else {
      valid = readSign(bytes, i);
      i++;
    }
  }
  return best;
}

function complaint(field: string): PayloadFinding | undefined {
  const { graphql_max_depth, graphql_max_aliases, graphql_introspection } = limitsNow();
  const isDeep = deepest > graphql_max_depth;
  const isWide = aliases > graphql_max_aliases;
  if (!(isDeep || isWide || (introspects && !graphql_introspection))) return undefined;
  const window = isDeep ? `${deepest} levels` : isWide ? `${aliases} aliases` : "introspection";
  const problem = isDeep
    ? "GraphQL operation too deep"
    : isWide
      ? "GraphQL request with too many aliases, repetitions or operations"
      : "GraphQL introspection";
  return {
    class: "graphql",
    score: isDeep || isWide ? TOO_COSTLY : FORBIDDEN,
    field,
    window,
    reason: `${problem} in ${field}`,
    isTold: true,
  };
}

/** Judges `bytes[0, to)` as an operation; `wasOperation` tells whether it was one. */
export function judgeOperation(bytes: ffi.Numbers, to: number, field: string): PayloadFinding | undefined {
  depth = 0;
  deepest = 0;
  parens = 0;
  introspects = false;
  valid = true;
  directives = 0;
  lastField = 0;
  previous = OTHER;
  const found = read(bytes, to, field);
  valid = valid && depth === 0 && parens === 0 && deepest > 0;
  if (valid) {
    if (operations > 0) aliases++;
    operations++;
  }
  return valid ? stronger(found, complaint(field)) : found;
}
