import { canonicalJson, sha256 } from "../canonical-json.ts";
import type { AuditTable } from "../store/schema.ts";

export type AuditRow = AuditTable;
/** What the first row follows. */
export const BEGINNING = "0".repeat(64);

export function hashOf({ hash: _, ...row }: Omit<AuditRow, "hash"> & { hash?: string }): string {
  return sha256(canonicalJson(row));
}

export interface Head {
  sequence: number;
  hash: string;
}

/**
 * Follows the chain over rows as they come. `next` says what is wrong with the row, or null; a row that was changed, removed,
 * added or put elsewhere breaks it. What was cut off at the end only shows against a head that was kept elsewhere.
 */
export class ChainCheck {
  #last: Head = { sequence: 0, hash: BEGINNING };

  get last(): Head {
    return this.#last;
  }

  next(row: AuditRow): string | null {
    const { sequence, hash } = this.#last;
    if (row.sequence !== sequence + 1)
      return `row ${row.sequence} comes after row ${sequence}: rows were removed, added or reordered`;
    if (row.previous !== hash) return `row ${row.sequence} does not follow row ${sequence}: one of them was changed`;
    if (hashOf(row) !== row.hash) return `row ${row.sequence} was changed: its hash is not that of its content`;
    this.#last = { sequence: row.sequence, hash: row.hash };
    return null;
  }

  /** Whether what was read ends where `head` says. */
  end(head: Head): string | null {
    const { sequence, hash } = this.#last;
    if (sequence < head.sequence) return `rows ${sequence + 1} to ${head.sequence} are missing at the end`;
    return sequence === head.sequence && hash === head.hash
      ? null
      : `the end is not the recorded one (row ${head.sequence})`;
  }
}
