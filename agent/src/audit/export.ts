import { forJson } from "../redaction/index.ts";
import type { Db } from "../store/db.ts";
import { auditHead, readAudit } from "./read.ts";

/** JSON lines: one row each, oldest first, and last the head, so that a file that was cut off shows. */
export async function* auditLines(db: Db): AsyncGenerator<string> {
  const head = await auditHead(db);
  for await (const row of readAudit(db)) {
    // Added meanwhile.
    if (row.sequence > head.sequence) break;
    yield `${forJson(row)}\n`;
  }
  yield `${forJson({ head })}\n`;
}
