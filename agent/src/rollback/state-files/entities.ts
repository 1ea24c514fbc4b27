import { isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { collectionsIn, nameOf } from "./collections.ts";
import { canonical, keyText, type ParsedFile, StateFileError } from "./parse.ts";

/** One entity where it stands in a file. */
export interface Found {
  /** `services[billing]/routes[pay]`; a file's own settings (`_info`, `_format_version`, …) have the key `file[<path>]`. */
  key: string;
  /** The collection it stands in, "" for the file's own settings. */
  type: string;
  parent: string | null;
  file: ParsedFile;
  item: YAMLMap;
  sequence: YAMLSeq | null;
  /** Canonical values of its own fields; nested entities are entities of their own. */
  fields: Map<string, string>;
}

export type Entities = Map<string, Found>;

/** All entities of all files, in the order in which they stand. Throws `StateFileError` where two have the same name. */
export function readEntities(files: readonly ParsedFile[]): Entities {
  const found: Entities = new Map();
  for (const file of files) {
    if (isMap(file.document.contents))
      readItem(
        file,
        file.document.contents,
        { key: `file[${file.path}]`, type: "", parent: null, sequence: null },
        found,
      );
  }
  return found;
}

function readItem(
  file: ParsedFile,
  item: YAMLMap,
  place: Pick<Found, "key" | "type" | "parent" | "sequence">,
  found: Entities,
): void {
  const there = found.get(place.key);
  if (there !== undefined)
    throw new StateFileError(file.path, `${place.key} is there twice`, "decK refuses that, too; remove one of them.");
  const nested = collectionsIn(place.type);
  const fields = new Map<string, string>();
  for (const { key, value } of item.items as Pair<Node, Node | null>[]) {
    const name = keyText(key);
    if (!nested.includes(name)) fields.set(name, canonical(value, file.document));
  }
  found.set(place.key, { ...place, file, item, fields });
  for (const type of nested) readCollection(file, item, type, place, found);
}

function readCollection(
  file: ParsedFile,
  parent: YAMLMap,
  type: string,
  place: Pick<Found, "key" | "type">,
  found: Entities,
): void {
  const sequence = parent.get(type, true) as unknown;
  if (!isSeq(sequence)) return;
  const prefix = place.type === "" ? "" : `${place.key}/`;
  for (const item of sequence.items) {
    if (!isMap(item)) continue;
    const key = `${prefix}${type}[${nameOf(type, item, file)}]`;
    readItem(file, item, { key, type, parent: place.type === "" ? null : place.key, sequence }, found);
  }
}

/** The entity's own fields and everything below it, as one comparable text. */
export function contentOf(key: string, entities: Entities): string {
  const parts: string[] = [];
  for (const [name, entity] of entities) {
    if (name !== key && !name.startsWith(`${key}/`)) continue;
    parts.push(
      name.slice(key.length),
      ...[...entity.fields].sort(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join("=")),
    );
  }
  return parts.join("\n");
}
