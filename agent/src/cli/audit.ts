import { storeOptions } from "../agent.ts";
import { auditLines } from "../audit/export.ts";
import { verifyFile, verifyStore } from "../audit/verify.ts";
import { readConfig } from "../config.ts";
import { AgentError } from "../errors.ts";
import { openStore, type Store } from "../store/open.ts";

/** `audit export`: the chain as JSON lines. `audit verify [FILE]`: whether it holds, the store's or a file's. */
export async function audit(
  what: string | undefined,
  file: string | undefined,
  head: string | undefined,
): Promise<void> {
  if (what === "export") return withStore(exportStore);
  if (what !== "verify") throw new AgentError("INVALID_REQUEST", { problems: "audit takes verify or export" });
  const { holds, text } =
    file === undefined ? await withStore(({ db }) => verifyStore(db)) : await verifyFile(file, head);
  process.stdout.write(`${text}\n`);
  if (!holds) process.exitCode = 1;
}

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
