import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { freePort, temporaryDirectory } from "../../support/processes.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const MODULES = ["ndk_http_module.so", "ngx_http_lua_module.so"];

export interface Nginx {
  /** Asks the harness; a new connection each time, so that every worker gets its turn. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of the harness have any shape.
  ask(what: string, parameters?: Record<string, string | number>): Promise<any>;
  /** The answers of all workers, by process id. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  askAll(what: string, parameters?: Record<string, string | number>): Promise<any[]>;
  log(): string;
  /** New workers take over; the dictionary stays. */
  reload(): void;
  /** Lets the workers finish. */
  quit(): Promise<void>;
  stop(): Promise<void>;
}

export interface NginxOptions {
  workers?: number;
  /** Without it each worker is on its own. */
  sharedDictionary?: boolean;
  /** Of the dictionary. */
  size?: string;
  /** File of certificates that TLS connections are verified with. */
  trustedCertificate?: string;
  agent: Record<string, string | number | boolean>;
}

function toLua(values: Record<string, string | number | boolean>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(", ");
}

function writeConfiguration(folder: string, port: number, options: NginxOptions): string {
  const load = MODULES.map((name) => `load_module /usr/lib/nginx/modules/${name};`).join("\n");
  const dictionary =
    options.sharedDictionary === false ? "" : `lua_shared_dict threat_response ${options.size ?? "32m"};`;
  const trusted = options.trustedCertificate;
  const path = join(folder, "nginx.conf");
  writeFileSync(
    path,
    `${load}
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes ${options.workers ?? 2};
pid ${folder}/nginx.pid;
error_log ${folder}/error.log notice;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  lua_package_path "${root}/lua-dist/?.lua;${import.meta.dirname}/?.lua;;";
  ${dictionary}
  ${trusted ? `lua_ssl_trusted_certificate ${trusted}; lua_ssl_verify_depth 2;` : ""}
  init_by_lua_block {
    kong = { node = { get_id = function() return "node-1" end }, configuration = { trusted_ips = { "198.51.100.8" } } }
  }
  init_worker_by_lua_block { require("harness").start({ ${toLua(options.agent)} }) }
  server {
    listen 127.0.0.1:${port} reuseport;
    keepalive_timeout 0;
    location / { content_by_lua_block { require("harness").answer() } }
  }
}
`,
  );
  return path;
}

/** The plugin's transport in nginx; see `harness.lua`. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const directory = temporaryDirectory("threat-response-transport");
  const folder = directory.path;
  mkdirSync(join(folder, "logs"));
  const port = await freePort();
  const child = spawn("nginx", ["-p", folder, "-c", writeConfiguration(folder, port, options)], { stdio: "ignore" });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const log = () => readFileSync(join(folder, "error.log"), "utf8");
  const ask: Nginx["ask"] = async (what, parameters = {}) => {
    const query = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const answer = await call(`http://127.0.0.1:${port}/${what}?${query}`);
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status}\n${log().slice(-2000)}`);
    return answer.json;
  };
  const askAll: Nginx["askAll"] = async (what, parameters) => {
    const answers = new Map<number, unknown>();
    await eventually(
      async () => {
        const answer = await ask(what, parameters);
        answers.set(answer.pid, answer);
        if (answers.size < (options.workers ?? 2)) throw new Error(`only ${answers.size} workers have answered`);
      },
      10_000,
      2,
    );
    return [...answers.values()];
  };
  await eventually(() => ask("identity"));
  return {
    ask,
    askAll,
    log,
    reload: () => void child.kill("SIGHUP"),
    quit: async () => {
      child.kill("SIGQUIT");
      await exited;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await Promise.race([exited, sleep(5000, undefined, { ref: false })]);
      child.kill("SIGKILL");
      directory.remove();
    },
  };
}
