/**
 * `npm run --silent score < requests.jsonl`: judges requests with the built Lua inside the nginx that runs the plugin elsewhere,
 * since its expressions are PCRE. No socket is opened: the worker reads standard input and writes standard output.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

function luaModule(): string {
  const directory = "/usr/lib/nginx/modules";
  return ["ndk_http_module.so", "ngx_http_lua_module.so"]
    .filter((name) => existsSync(join(directory, name)))
    .map((name) => `load_module ${join(directory, name)};`)
    .join("\n");
}

function configuration(prefix: string): string {
  const paths = [join(root, "lua-dist/?.lua"), join(root, "scripts/score/?.lua"), "/usr/share/lua/5.1/?.lua"];
  return `${luaModule()}
daemon off;
master_process off;
error_log stderr crit;
pid ${prefix}/nginx.pid;
events { worker_connections 16; }
http {
  access_log off;
  client_body_temp_path ${prefix}/body;
  proxy_temp_path ${prefix}/proxy;
  fastcgi_temp_path ${prefix}/fastcgi;
  uwsgi_temp_path ${prefix}/uwsgi;
  scgi_temp_path ${prefix}/scgi;
  lua_package_path "${paths.join(";")};;";
  lua_regex_cache_max_entries 4096;
  init_worker_by_lua_block { ngx.timer.at(0, require("driver")) }
}
`;
}

function main(): void {
  if (!existsSync(join(root, "lua-dist"))) {
    process.stderr.write("The plugin is not built: run scripts/build plugin first.\n");
    process.exitCode = 2;
    return;
  }
  const prefix = mkdtempSync(join(tmpdir(), "threat-response-score-"));
  mkdirSync(join(prefix, "logs"));
  writeFileSync(join(prefix, "nginx.conf"), configuration(prefix));
  const nginx = spawn("nginx", ["-p", prefix, "-c", join(prefix, "nginx.conf"), "-e", "stderr"], { stdio: "inherit" });
  const end = (status: number): void => {
    rmSync(prefix, { recursive: true, force: true });
    process.exitCode = status;
  };
  nginx.on("error", (error) => {
    process.stderr.write(`nginx could not be started (${error.message}); install nginx and libnginx-mod-http-lua.\n`);
    end(2);
  });
  nginx.on("exit", (code) => end(code ?? 2));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => nginx.kill("SIGKILL"));
}

main();
