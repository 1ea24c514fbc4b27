/**
 * PGlite in a worker thread, because its queries block the thread they run on. No imports of our own: it is loaded as it is.
 * Takes `{id, sql, parameters}`, answers `{id, rows, affected}` or `{id, error}`; `{id, close: true}` ends it.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

interface Request {
  id: number;
  sql?: string;
  parameters?: unknown[];
  close?: boolean;
}

const { dataDir, template } = workerData as { dataDir: string; template: string | null };
const port = parentPort!;
const INT8 = 20;
const NUMERIC = 1700;
const OPTIONS = { parsers: { [INT8]: Number, [NUMERIC]: Number } };

/** Creating a cluster takes seconds; a copy of an empty one does not. A template that cannot be read or kept is done without. */
async function create(): Promise<PGlite> {
  if (template === null) return PGlite.create(dataDir);
  const kept = await readFile(template).catch(() => null);
  if (kept) return PGlite.create(dataDir, { loadDataDir: new Blob([new Uint8Array(kept)]) });
  const fresh = await PGlite.create(dataDir);
  const dump = Buffer.from(await (await fresh.dumpDataDir("none")).arrayBuffer());
  await keepTemplate(template, dump).catch(() => undefined);
  return fresh;
}

async function keepTemplate(path: string, dump: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${Date.now()}`;
  await writeFile(temporary, dump, { mode: 0o600 });
  await rename(temporary, path);
}

function asMessage(error: unknown): Record<string, unknown> {
  const { message, code, detail, constraint } = error as Record<string, unknown>;
  return { message: String(message ?? error), code, detail, constraint };
}

const database = await create();
port.postMessage({ ready: true });

port.on("message", (request: Request) => {
  void answer(request).then(
    (reply) => port.postMessage({ id: request.id, ...reply }),
    (error) => port.postMessage({ id: request.id, error: asMessage(error) }),
  );
});

async function answer(request: Request): Promise<Record<string, unknown>> {
  if (request.close) {
    await database.close();
    return {};
  }
  const result = await database.query(request.sql!, request.parameters, OPTIONS);
  return { rows: result.rows, affected: result.affectedRows ?? 0 };
}
