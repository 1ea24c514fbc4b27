import { open } from "node:fs/promises";
import { z } from "zod";
import { counted } from "../counted.ts";
import type { Db } from "../store/db.ts";
import { type AuditRow, ChainCheck, type Head } from "./chain.ts";
import { auditHead, readAudit } from "./read.ts";

export interface Verdict {
  holds: boolean;
  text: string;
}

/** Rows may be added meanwhile: what is read ends at the head of the beginning. */
export async function verifyStore(db: Db): Promise<Verdict> {
  const head = await auditHead(db);
  const check = new ChainCheck();
  for await (const row of readAudit(db)) {
    if (row.sequence > head.sequence) break;
    const problem = check.next(row);
    if (problem !== null) return broken(problem);
  }
  return verdictOf(check, head);
}

const headLine = z.strictObject({ head: z.object({ sequence: z.number(), hash: z.string() }) });

/** Needs nothing but the file. `expected` is a head's hash that was kept elsewhere; without it the file's own last line counts. */
export async function verifyFile(file: string, expected?: string): Promise<Verdict> {
  const check = new ChainCheck();
  let head: Head | null = null;
  for await (const text of (await open(file)).readLines()) {
    if (text.trim() === "") continue;
    if (head !== null) return broken("rows follow the last line");
    const value = parsed(text);
    const last = headLine.safeParse(value);
    if (last.success) head = last.data.head;
    else {
      const problem = value === null ? `a line is not JSON: ${text.slice(0, 60)}` : check.next(value as AuditRow);
      if (problem !== null) return broken(problem);
    }
  }
  if (expected !== undefined && check.last.hash !== expected)
    return broken(`it ends with ${check.last.hash}, not with the head that was kept`);
  return head === null ? broken("its last line, which names the end, is missing") : verdictOf(check, head);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const broken = (why: string): Verdict => ({ holds: false, text: `The audit does not hold: ${why}` });

function verdictOf(check: ChainCheck, head: Head): Verdict {
  const problem = check.end(head);
  if (problem !== null) return broken(problem);
  return { holds: true, text: `The audit holds: ${counted(head.sequence, "row")}, head ${head.hash}` };
}
