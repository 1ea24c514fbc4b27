import type { PayloadFinding } from "./evaluate.ts";
import { operationCount } from "./fields/graphql.ts";
import { noteCount } from "./fields/nested-notes.ts";
import { isSpent, spent, uninspectedReason } from "./inspection.ts";
import { holdPart, keepHeldPart, keepOrdinaryPart } from "./ordinary.ts";

/**
 * Parts of a request that turn out to be ordinary are known again. One that hides texts is ordinary only when they are, too: that shows in the end, and
 * is known of the part where no other hides any.
 */
let notesAtFirst = 0;
let isHeld = false;
let heldCost = 0;
let heldNotes = 0;

export function beginParts(): void {
  isHeld = false;
  notesAtFirst = noteCount();
}

/** What counts for the whole request, as operations do, or has to be told of it, is looked at each time. */
const isWhole = (): boolean => !isSpent() && uninspectedReason() === undefined && operationCount() === 0;

/** Of the part that `isOrdinaryPart` was asked for last; `notes` and `before` are what `noteCount` and `spent` said before it was judged. */
export function settlePart(found: PayloadFinding | undefined, notes: number, before: number): void {
  if (found !== undefined || !isWhole()) return;
  const cost = spent() - before;
  const count = noteCount() - notes;
  if (count === 0) {
    keepOrdinaryPart(cost);
    return;
  }
  holdPart();
  isHeld = true;
  heldNotes = count;
  heldCost = cost;
}

/** All parts have been judged, but for the texts they hide: forgets the part that hides some, unless it is the only one. */
export function closeParts(): void {
  if (noteCount() - notesAtFirst !== heldNotes) isHeld = false;
}

/** The hidden texts have been judged, for `cost`. */
export function settleHidden(found: PayloadFinding | undefined, cost: number): void {
  if (isHeld && found === undefined && isWhole()) keepHeldPart(heldCost + cost);
  isHeld = false;
}
