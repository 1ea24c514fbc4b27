import { type Condition, parseCondition } from "./condition.ts";
import { type Row, readTable, split } from "./table.ts";

/** What kind of thing an entry is about, and which switch of the configuration it follows. */
export type Kind = "exploit" | "path";

/** An entry of the tables: all of its conditions (`conditionsOf`) have to hold. */
export interface Entry extends Row {
  kind: Kind;
}

/** Bytes of a literal that are searched for: enough to be rare, few enough to keep the table small. */
const ANCHOR = 8;

/** The first one is what the request is searched for; it is about the path, the query or a header. */
export function conditionsOf(row: Row): Condition[] {
  const conditions: Condition[] = [];
  for (const text of split(row.rest, " & ")) {
    const condition = parseCondition(text);
    if (condition === undefined) error(`not a condition: ${text} of ${row.id}`);
    else conditions.push(condition);
  }
  return conditions;
}

/** The few entries that requests come near to all the time are kept read; hundreds would be hundreds of kilobytes. */
const MOST_KEPT = 48;
let kept = new LuaTable<Row, Condition[]>();
let keptCount = 0;

/** The same, to be asked again and again. */
export function keptConditionsOf(row: Row): Condition[] {
  const known = kept.get(row);
  if (known !== undefined) return known;
  if (keptCount === MOST_KEPT) {
    kept = new LuaTable();
    keptCount = 0;
  }
  const conditions = conditionsOf(row);
  kept.set(row, conditions);
  keptCount++;
  return conditions;
}

function entryOf(row: Row, kind: Kind): Entry {
  const entry = row as Entry;
  entry.kind = kind;
  return entry;
}

export function compileTables(kind: Kind, tables: string[]): Entry[] {
  const entries: Entry[] = [];
  for (const text of tables) {
    for (const row of readTable(text)) entries.push(entryOf(row, kind));
  }
  return entries;
}

/** Ends that ordinary paths have as well. */
const COMMON_ENDS = ["/api/v2/", "plugins/", "service/", "/scripts", "content/"];

/** Ends of literals are mostly rarer than their beginnings: `/wp-content/plugins/…`. */
function anchorOf(literal: string): string {
  const last = string.sub(literal, -ANCHOR);
  for (const common of COMMON_ENDS) {
    if (last === common) return string.sub(literal, 1, ANCHOR);
  }
  return last;
}

export function anchorsOf(entry: Entry, first: string, second: string): string[] {
  const anchors: string[] = [];
  const condition = conditionsOf(entry)[0];
  if (condition.part === first || condition.part === second || condition.part === "target") {
    for (const literal of condition.literals) anchors.push(anchorOf(literal));
  }
  return anchors;
}
