import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

const require = createRequire(import.meta.url);
const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";

/**
 * Starts a module of ours, named by its URL without an extension. Built, it is a file like others. From source, it needs the loader that this process may
 * have got by other means.
 */
export function startOwnWorker(module: URL, options: WorkerOptions): Worker {
  const file = `${module.href}.${EXTENSION}`;
  if (EXTENSION === "js") return new Worker(new URL(file), options);
  const loader = pathToFileURL(join(dirname(require.resolve("tsx/package.json")), "dist/esm/api/index.mjs")).href;
  const code = `import("${loader}").then((tsx) => { tsx.register(); return import("${file}"); })`;
  return new Worker(code, { ...options, eval: true });
}
