import { leave, spendLook } from "../inspection.ts";

/** Texts with a structure of their own that were found inside values. They wait until the walk that found them is over, so that nothing recurses. */
export const JSON_TEXT = 1;
export const URL = 2;
export const GRAPHQL = 3;
/** Behind base64: by its looks. */
export const TEXT = 4;
export type NestedKind = 1 | 2 | 3 | 4;

export interface Note {
  kind: number;
  text: string;
  at: number;
  field: string;
}

const MOST = 32;
const COST_SHARE = 0.25;

let notes: Note[] = [];
let isOpen = true;
let offered = 0;

export function openNotes(): void {
  if (notes.length > 0) notes = [];
  isOpen = true;
}

/** What was noted since the last time. What is found in these is noted again, unless they are the last that are taken. */
export function takeNotes(areLast: boolean): Note[] {
  const taken = notes;
  notes = [];
  isOpen = !areLast;
  return taken;
}

/** How many texts were there to be kept so far, kept or not: where it stays the same nothing was hidden. */
export function noteCount(): number {
  return offered;
}

export function canNest(): boolean {
  return isOpen;
}

/** Keeps a text for later; false where there are too many already, or where the text is itself nested. */
export function noteNested(kind: NestedKind, text: string, at: number, field: string): boolean {
  offered++;
  if (!isOpen) return false;
  // The same base64 is seen as it came, and again without its escapes.
  if (kind === TEXT && notes.length > 0 && notes[notes.length - 1].text === text) return true;
  if (notes.length >= MOST || !spendLook(text.length * COST_SHARE)) {
    leave("over_budget");
    return false;
  }
  notes.push({ kind, text, at, field });
  return true;
}
