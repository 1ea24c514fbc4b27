import { readFile, stat } from "node:fs/promises";
import { storeOptions } from "../agent.ts";
import { readConfig } from "../config.ts";
import { counted } from "../counted.ts";
import { fingerprintKeyOf } from "../drivers/create-driver.ts";
import { AgentError } from "../errors.ts";
import { redactText } from "../redaction/index.ts";
import { type Imported, importDump } from "../rollback/history/dump/import-dump.ts";
import { MAX_FILE_BYTES } from "../rollback/state-files/parse.ts";
import { addMarkerOnce } from "../store/history.ts";
import { openStore } from "../store/open.ts";

export interface ImportOptions {
  at: string | undefined;
  actor: string | undefined;
  skipConsumers: boolean;
}

/** `import FILE...`: puts a dump into the history. On the embedded database only while no agent runs; else ask that: POST /v1/changes/imports. */
export async function importFiles(paths: readonly string[], options: ImportOptions): Promise<void> {
  if (paths.length === 0)
    throw new AgentError("INVALID_REQUEST", { problems: "name the files of `deck gateway dump`" });
  const config = readConfig(process.env);
  const fingerprintKey = fingerprintKeyOf(config);
  if (fingerprintKey === null)
    throw new AgentError("CONFIG_INVALID", {
      problems: "  FEED_SECRET has to be set, for the fingerprints of secrets",
    });
  const files = await Promise.all(paths.map(readBounded));
  const at = await timeOf(paths, options.at);
  const store = await openStore(storeOptions(config));
  try {
    const gateway = config.GATEWAY_NAME;
    const { skipConsumers: skip_consumers } = options;
    tell(await importDump(store.db, { gateway, fingerprintKey, files, at, skip_consumers }), at);
    const actor = redactText(options.actor ?? "an operator");
    await addMarkerOnce(store.db, { gateway, at, sha: null, actor, note: "", source: "import" });
  } finally {
    await store.close();
  }
}

async function readBounded(path: string): Promise<{ path: string; text: string }> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES)
    throw new AgentError("INVALID_REQUEST", { problems: `${path} is larger than ${MAX_FILE_BYTES} bytes` });
  return { path, text: await readFile(path, "utf8") };
}

/** As it is said, or when the newest of the files was written. */
async function timeOf(paths: readonly string[], said: string | undefined): Promise<number> {
  const at =
    said === undefined
      ? Math.max(...(await Promise.all(paths.map(async (path) => Math.floor((await stat(path)).mtimeMs)))))
      : Date.parse(said);
  if (!Number.isNaN(at) && at <= Date.now()) return at;
  throw new AgentError("INVALID_REQUEST", {
    problems: "--at has to be a time in the past, such as 2026-11-22T15:00:00Z",
  });
}

function tell({ hash, entities, left_out, change }: Imported, at: number): void {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  write(
    `${counted(entities, "entity", "entities")} as of ${new Date(at).toISOString()}, configuration ${hash.slice(0, 12)}`,
  );
  for (const [name, count] of Object.entries(left_out))
    write(`left out: ${count} ${name}, which the history does not keep`);
  write(change === null ? "The history changed in nothing." : `It is change ${change} of the history.`);
}
