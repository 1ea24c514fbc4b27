import type { Pause } from "./decision-entry.ts";
import { isOlder } from "./decision-feed.ts";
import { hasDictionary, readHead, type StoreHead } from "./decision-head.ts";
import { drawGeneration, fits, reservePieces, trimPieces, writePieces } from "./decision-pieces.ts";
import { switchTo } from "./decision-store.ts";
import type { DecisionTable } from "./decision-table.ts";

function describe(table: DecisionTable, generation: number, set: number): StoreHead {
  const { gateway, epoch, sequence, length, count, latest } = table;
  return { generation, set, gateway, epoch, sequence, length, count, latest };
}

const NOTHING = { count: 0, length: 0 };

/**
 * Brings a table with a verified feed into force, for all workers where they share a dictionary. False when that is too small: then what was in
 * force stays. So it does when another worker has written meanwhile, or the feed has become old. The table must be taken (`takeSpare`).
 */
export function publish(table: DecisionTable, pause: Pause): boolean {
  if (!hasDictionary) {
    switchTo(describe(table, readHead().generation + 1, 0), table);
    return true;
  }
  reservePieces(pause);
  const before = readHead();
  const set = 1 - before.set;
  const generation = drawGeneration();
  const isFirst = (): boolean => readHead().generation === before.generation;
  const turn = (): boolean => {
    pause();
    return isFirst();
  };
  const isWritten = fits(table) && writePieces(table, set, generation, turn);
  if (!isFirst() || (before.gateway === table.gateway && isOlder(table, before))) {
    return true;
  }
  if (isWritten) {
    switchTo(describe(table, generation, set), table);
    trimPieces(before.set, table, pause);
  }
  trimPieces(set, isWritten ? table : NOTHING, pause);
  return isWritten;
}
