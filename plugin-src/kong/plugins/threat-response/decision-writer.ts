import type { Pause } from "./decision-entry.ts";
import { isOlder } from "./decision-feed.ts";
import { drawGeneration, fits, reservePieces, type StoreHead, trimPieces, writePieces } from "./decision-pieces.ts";
import { hasDictionary, readHead, switchTo } from "./decision-store.ts";
import type { DecisionTable } from "./decision-table.ts";

function describe(table: DecisionTable, generation: number, set: number): StoreHead {
  const { gateway, epoch, sequence, length, count, latest } = table;
  return { generation, set, gateway, epoch, sequence, length, count, latest };
}

/**
 * Brings a table with a verified feed into force, for all workers where they share a dictionary. False when that is too small: then what was in
 * force stays. So it does when another worker has written meanwhile, or the feed has become old. The table must be taken (`takeSpare`).
 */
export function publish(table: DecisionTable, pause: Pause): boolean {
  const before = readHead();
  if (!hasDictionary) {
    switchTo(describe(table, before.generation + 1, 0), table);
    return true;
  }
  reservePieces(pause);
  const set = 1 - before.set;
  const generation = drawGeneration();
  if (!fits(table) || !writePieces(table, set, generation, pause)) {
    return false;
  }
  const now = readHead();
  const isOvertaken = now.gateway === table.gateway && isOlder(table, now);
  if (!isOvertaken && now.generation === before.generation) {
    switchTo(describe(table, generation, set), table);
    trimPieces(set, table, pause);
    trimPieces(before.set, table, pause);
  }
  return true;
}
