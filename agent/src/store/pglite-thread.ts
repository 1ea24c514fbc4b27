import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Worker } from "node:worker_threads";
import { startOwnWorker } from "../own-worker.ts";

const require = createRequire(import.meta.url);

export interface QueryReply {
  rows: unknown[];
  affected: number;
}

interface Pending {
  resolve: (reply: QueryReply) => void;
  reject: (error: Error) => void;
}

/** The main thread's end of `pglite-worker.ts`. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #failure: Error | null = null;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message) => this.#settle(message));
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", () => this.#fail(new Error("The database thread has ended.")));
  }

  /** `dataDir` is a directory, or `memory://` for tests. `fresh` says that the directory holds no database yet. */
  static async start(dataDir: string, fresh: boolean): Promise<PgliteThread> {
    const worker = startOwnWorker(new URL("./pglite-worker", import.meta.url), {
      workerData: { dataDir, template: fresh ? templatePath() : null },
    });
    await once(worker, "message");
    return new PgliteThread(worker);
  }

  query(sql: string, parameters: readonly unknown[]): Promise<QueryReply> {
    return this.#send({ sql, parameters });
  }

  async close(): Promise<void> {
    await this.#send({ close: true });
    await this.#worker.terminate();
  }

  #send(request: Record<string, unknown>): Promise<QueryReply> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...request });
    });
  }

  #settle(message: { id: number; error?: Record<string, unknown> } & QueryReply): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error) pending?.reject(Object.assign(new Error(String(message.error.message)), message.error));
    else pending?.resolve(message);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    this.#pending.clear();
  }
}

/** In the user's own cache, one per version of PGlite. */
function templatePath(): string {
  const entry = require.resolve("@electric-sql/pglite");
  const manifest = readFileSync(join(dirname(entry), "../package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "threat-response", `pglite-${version}.tar`);
}
