import type { PayloadFinding } from "./evaluate.ts";
import { operationCount } from "./fields/graphql.ts";
import { noteCount } from "./fields/nested-notes.ts";
import { isSpent, spent, uninspectedReason } from "./inspection.ts";
import { keepOrdinaryPart } from "./ordinary.ts";

/**
 * Parts of a request that turn out to be ordinary are known again. One that hides texts is ordinary only when they are, too: that shows in the end, and
 * is known of the part where no other hides any.
 */
let notesAtFirst = 0;
let held: string | undefined;
let heldPart = 0;
let heldSalt = 0;
let heldCost = 0;
let heldNotes = 0;

export function beginParts(): void {
  held = undefined;
  notesAtFirst = noteCount();
}

/** What counts for the whole request, as operations do, or has to be told of it, is looked at each time. */
const isWhole = (): boolean => !isSpent() && uninspectedReason() === undefined && operationCount() === 0;

/** `notes` and `before` are what `noteCount` and `spent` said before the part was judged. */
export function settlePart(
  text: string,
  part: number,
  salt: number,
  found: PayloadFinding | undefined,
  notes: number,
  before: number,
): void {
  if (found !== undefined || !isWhole()) return;
  const cost = spent() - before;
  const count = noteCount() - notes;
  if (count === 0) {
    keepOrdinaryPart(text, part, salt, cost);
    return;
  }
  heldNotes = count;
  held = text;
  heldPart = part;
  heldSalt = salt;
  heldCost = cost;
}

/** All parts have been judged, but for the texts they hide: forgets the part that hides some, unless it is the only one. */
export function closeParts(): void {
  if (noteCount() - notesAtFirst !== heldNotes) held = undefined;
}

/** The hidden texts have been judged, for `cost`. */
export function settleHidden(found: PayloadFinding | undefined, cost: number): void {
  if (held !== undefined && found === undefined && isWhole())
    keepOrdinaryPart(held, heldPart, heldSalt, heldCost + cost);
  held = undefined;
}
