import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { storeOptions } from "../agent.ts";
import { type AuditRow, ChainCheck, type Head } from "../audit/chain.ts";
import { auditLines } from "../audit/export.ts";
import { auditHead, readAudit } from "../audit/read.ts";
import { readConfig } from "../config.ts";
import { AgentError } from "../errors.ts";
import { openStore, type Store } from "../store/open.ts";

/** `audit export` and `audit verify`: the chain as JSON lines, and whether it holds. */
export async function audit(
  what: string | undefined,
  file: string | undefined,
  head: string | undefined,
): Promise<void> {
  if (what === "export") return withStore(exportStore);
  if (what !== "verify") throw new AgentError("INVALID_REQUEST", { problems: "audit takes verify or export" });
  const verdict = file === undefined ? await withStore(verifyStore) : await verifyFile(file, head);
  write(verdict.text);
  if (!verdict.holds) process.exitCode = 1;
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(storeOptions(readConfig(process.env)));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function exportStore({ db }: Store): Promise<void> {
  for await (const line of auditLines(db)) process.stdout.write(line);
}

interface Verdict {
  holds: boolean;
  text: string;
}

/** Rows may be added meanwhile: the head of before must be among them. */
export async function verifyStore({ db }: Store): Promise<Verdict> {
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
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === "") continue;
    const value = parsed(text);
    const last = headLine.safeParse(value);
    if (head !== null) return broken("rows follow the last line");
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
  return { holds: true, text: `The audit holds: ${head.sequence} rows, head ${head.hash}` };
}
