/** Where a page starts: after the row with this sort value and id. */
export interface Page {
  limit: number;
  after: [number, string] | null;
}

export interface Cursor<Row> {
  rows: Row[];
  /** For the next page; null at the end. */
  next: string | null;
}

/** `rows` holds one row more than `limit` when there is a next page. */
export function pageOf<Row>(rows: Row[], limit: number, keyOf: (row: Row) => [number, string]): Cursor<Row> {
  if (rows.length <= limit) return { rows, next: null };
  const kept = rows.slice(0, limit);
  return { rows: kept, next: Buffer.from(JSON.stringify(keyOf(kept.at(-1)!))).toString("base64url") };
}

/** Null when it is not a cursor of ours. */
export function parseCursor(text: string): [number, string] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [at, id] = value as unknown[];
    return typeof at === "number" && typeof id === "string" ? [at, id] : null;
  } catch {
    return null;
  }
}
