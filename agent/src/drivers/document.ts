import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { AdminApiError } from "./admin-error.ts";
import { collectionOf, referenceOf } from "./collections.ts";
import { idsIn, sectionOf } from "./document-part.ts";
import type { Entity, EntityType } from "./gateway.ts";

/** One edit of the declarative configuration, as Kong gives it: flat lists of entities, each with its id. */
export interface Edit {
  type: EntityType;
  id: string;
  /** Null removes it. */
  wanted: Entity | null;
  /** Of an entity that is there: what to set. */
  fields?: readonly string[];
}

/**
 * The text with the edits in it. Every other value stays as it is written: YAML that is read into values and written anew comes
 * back with other values (`0o14`, `y`, dates), since Kong reads an older YAML. Only the entries that are edited are parsed where that
 * can be told apart: a document of thousands of consumers would take half a minute.
 */
export function editDocument(text: string, edits: readonly Edit[]): string {
  let edited = text;
  for (const edit of edits) edited = editEntry(edited, edit) ?? editWhole(edited, [edit]);
  return edited;
}

/** Null where only a parser of the whole can tell where the entry is. */
function editEntry(text: string, edit: Edit): string | null {
  const { type, id, wanted } = edit;
  const section = sectionOf(text, type);
  if (section === null) return null;
  if (section === "absent") return wanted === null ? text : `${text}${type}:\n${newEntry(edit)}`;
  const { from, to, entries } = section;
  const at = entries.findIndex((entry) => idsIn(entry)[0] === id);
  const header = `${type}:\n`;
  if (at < 0 && wanted !== null) entries.push(newEntry(edit));
  else if (at >= 0) entries[at] = wanted === null ? "" : editWhole(header + entries[at], [edit]).slice(header.length);
  const kept = entries.join("");
  if (kept === "") return text.slice(0, from - header.length) + text.slice(to);
  return text.slice(0, from) + kept + text.slice(to);
}

/** As it is written behind another one. */
function newEntry(edit: Edit): string {
  const other = `${edit.type}:\n- id: another\n`;
  return editWhole(other, [edit]).slice(other.length);
}

function editWhole(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { keepSourceTokens: false });
  const problem = document.errors[0];
  if (problem !== undefined || !isMap(document.contents)) {
    throw new AdminApiError(
      "unexpected",
      null,
      `the declarative configuration cannot be read: ${problem?.message ?? "no map"}`,
    );
  }
  for (const edit of edits) makeEdit(document, edit);
  return document.toString({ lineWidth: 0, indentSeq: false, flowCollectionPadding: false });
}

function makeEdit(document: Document, { type, id, wanted, fields }: Edit): void {
  const list = listOf(document, type, wanted !== null);
  const at = list?.items.findIndex((item) => isMap(item) && idIn(item) === id) ?? -1;
  if (list === null || (at < 0 && wanted === null)) return;
  if (wanted === null) {
    list.items.splice(at, 1);
    if (list.items.length === 0) document.delete(type);
    return;
  }
  const item = list.items[at];
  if (!isMap(item)) {
    list.items.push(nodeOf(document, inDocument(type, wanted)) as never);
    return;
  }
  const written = inDocument(type, wanted);
  for (const field of fields ?? Object.keys(written)) item.set(field, nodeOf(document, written[field] ?? null));
}

function listOf(document: Document, type: EntityType, create: boolean): YAMLSeq | null {
  const there = document.get(type);
  if (isSeq(there)) return there;
  if (!create) return null;
  const list = document.createNode([]) as YAMLSeq;
  document.set(type, list);
  return list;
}

const idIn = (item: YAMLMap): unknown => {
  const id = item.get("id", true);
  return isScalar(id) ? id.value : undefined;
};

/** In documents a reference is an id. */
function inDocument(type: EntityType, entity: Entity): Record<string, unknown> {
  const references = Object.keys(collectionOf(type).references);
  return Object.fromEntries(
    Object.entries(entity)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, references.includes(field) ? referenceOf(entity, field) : value]),
  );
}

/** Every string in quotes, so that it is one to any version of YAML. */
function nodeOf(document: Document, value: unknown): Node {
  const node = document.createNode(value) as Node;
  visit(node, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === "string") scalar.type = "QUOTE_DOUBLE";
    },
    Collection: (_key, collection) => {
      if (collection.items.length === 0) collection.flow = true;
    },
  });
  return node;
}
