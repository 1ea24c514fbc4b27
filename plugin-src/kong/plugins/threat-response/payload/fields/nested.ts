import * as ffi from "ffi";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { isSpent } from "../inspection.ts";
import { judgeOperation, wasOperation } from "./graphql.ts";
import { walkJson, wasMalformed } from "./json-walk.ts";
import { judgeLeaf } from "./leaf.ts";
import { GRAPHQL, JSON_TEXT, type Note, openNotes, takeNotes, URL } from "./nested-notes.ts";
import { pairFormat, walkPairs } from "./pair-walk.ts";

/** The texts that values had inside: JSON, GraphQL, the query of a URL, or whatever base64 hid. No recursion. */

const IN_URL = pairFormat(38, "form", 0, "");

function judgeWhole(bytes: ffi.Numbers, note: Note): PayloadFinding | undefined {
  return judgeLeaf(bytes, 0, note.text.length, "none", note.at, note.field);
}

function judgeAsJson(bytes: ffi.Numbers, note: Note): PayloadFinding | undefined {
  const inStrings = walkJson(bytes, note.text.length, note.field);
  return wasMalformed() ? stronger(inStrings, judgeWhole(bytes, note)) : inStrings;
}

function judgeQuery(bytes: ffi.Numbers, note: Note): PayloadFinding | undefined {
  const [mark] = string.find(note.text, "?", 1, true);
  if (mark === undefined) return undefined;
  const { kinds, reading, encoding } = IN_URL;
  return walkPairs(bytes, mark, note.text.length, { kinds, reading, encoding, at: note.at, prefix: `${note.field}?` });
}

function judgeNote(note: Note): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", note.text);
  if (note.kind === URL) return judgeQuery(bytes, note);
  if (note.kind === GRAPHQL) {
    const found = judgeOperation(bytes, note.text.length, note.field);
    if (wasOperation()) return found;
  }
  const [looksLikeJson] = string.find(note.text, "^%s*[%[{]");
  if (note.kind === JSON_TEXT || looksLikeJson !== undefined) return judgeAsJson(bytes, note);
  return judgeWhole(bytes, note);
}

/** So deep: base64 in JSON in JSON, or in a parameter of a URL in JSON. */
const LEVELS = 2;

/** Judges what was noted since the last time. */
export function judgeNested(): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  for (const level of $range(1, LEVELS)) {
    for (const note of takeNotes(level === LEVELS)) {
      if (isSpent()) break;
      best = stronger(best, judgeNote(note));
    }
  }
  openNotes();
  return best;
}
