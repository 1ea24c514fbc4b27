/**
 * The built Lua as a filter from requests to verdicts. It runs inside the nginx that runs the plugin elsewhere, since its
 * expressions are PCRE. No socket is opened: the worker reads standard input and writes standard output.
 */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

const root = join(import.meta.dirname, "..", "..");
const MODULES = "/usr/lib/nginx/modules";

function loadModules(): string {
  return ["ndk_http_module.so", "ngx_http_lua_module.so"]
    .filter((name) => existsSync(join(MODULES, name)))
    .map((name) => `load_module ${join(MODULES, name)};`)
    .join("\n");
}

const BUILT = join(root, "lua-dist");

function configuration(prefix: string, driver: string, lua: string): string {
  const paths = [join(lua, "?.lua"), join(root, "scripts/?.lua"), "/usr/share/lua/5.1/?.lua"];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `  ${name}_temp_path ${join(prefix, name)};`,
  );
  return `${loadModules()}
daemon off;
master_process off;
error_log stderr crit;
pid ${join(prefix, "nginx.pid")};
events { worker_connections 16; }
http {
  access_log off;
${temporary.join("\n")}
  lua_package_path "${paths.join(";")};;";
  lua_regex_cache_max_entries 4096;
  init_worker_by_lua_block { ngx.timer.at(0, require("${driver}")) }
}
`;
}

export interface Scorer {
  child: ChildProcess;
  /** Exit status: 0, 1 when lines were malformed, 2 when nothing could be scored. */
  ended: Promise<number>;
}

/**
 * Starts a scorer in a folder of its own, which is gone when it has ended. `driver` is the Lua module that reads and answers, `lua` the folder of
 * the plugin's build.
 */
export function startScorer(stdio: StdioOptions, driver = "score.driver", lua = BUILT): Scorer {
  if (!existsSync(lua)) throw new Error("The plugin is not built; run scripts/build plugin first.");
  const prefix = mkdtempSync(join(tmpdir(), "threat-response-score-"));
  mkdirSync(join(prefix, "logs"));
  writeFileSync(join(prefix, "nginx.conf"), configuration(prefix, driver, lua));
  const child = spawn("nginx", ["-p", prefix, "-c", join(prefix, "nginx.conf"), "-e", "stderr"], { stdio });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (error) =>
      reject(new Error(`nginx did not start (${error.message}); install nginx and libnginx-mod-http-lua.`)),
    );
    child.once("exit", (code) => resolve(code ?? 2));
  }).finally(() => rmSync(prefix, { recursive: true, force: true }));
  return { child, ended };
}

/** One verdict of `npm run score`. */
export interface Scored {
  id: unknown;
  score: number;
  verdict: "allow" | "flag" | "throttle" | "block";
  category: string | null;
  class: string | null;
  reasons: string[];
}

/** What a driver says to lines of requests. */
export async function answerLines(
  lines: string | Buffer | Readable,
  driver?: string,
  lua?: string,
): Promise<{ answers: string[]; errors: string; status: number }> {
  const { child, ended } = startScorer("pipe", driver, lua);
  const output = text(child.stdout!);
  const errors = text(child.stderr!);
  child.stdin!.on("error", () => {});
  if (typeof lines === "string" || Buffer.isBuffer(lines)) child.stdin!.end(lines);
  else lines.pipe(child.stdin!);
  const status = await ended;
  const answers = (await output).split("\n").filter((line) => line !== "");
  return { answers, errors: await errors, status };
}

/** Scores lines of requests; verdicts come in the same order. */
export async function scoreLines(
  lines: string | Buffer | Readable,
): Promise<{ scored: Scored[]; errors: string; status: number }> {
  const { answers, errors, status } = await answerLines(lines);
  return { scored: answers.map((line) => JSON.parse(line) as Scored), errors, status };
}
