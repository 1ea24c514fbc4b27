import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Options } from "./options.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const LUA_DIST = join(HERE, "..", "lua-dist");
const MODULES = "/usr/lib/nginx/modules";

export interface Layout {
  prefix: string;
  proxyPort: number;
  controlSocket: string;
}

function luaPath(options: Options): string {
  const directories = [...options.luaPaths, LUA_DIST, join(HERE, "lua")];
  return `${directories.flatMap((directory) => [`${directory}/?.lua`, `${directory}/?/init.lua`]).join(";")};;`;
}

/** nginx as root starts its workers as "nobody", who may not be able to read the checkout. */
function userDirective(): string {
  return process.getuid?.() === 0 ? "user root;" : "";
}

const sharedDictionary = (size: string): string => (size === "0" ? "" : `lua_shared_dict threat_response ${size};`);

function httpSettings(options: Options, { prefix }: Layout): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
  access_log off;
  server_tokens off;
  charset UTF-8;
  underscores_in_headers on;
  uninitialized_variable_warn off;
  keepalive_requests 10000;
  client_max_body_size 0;
  client_body_buffer_size 8k;
  lua_package_path '${luaPath(options)}';
  lua_socket_log_errors off;
  lua_max_running_timers 4096;
  lua_max_pending_timers 16384;
  lua_shared_dict dev_gateway 64m;
  lua_shared_dict kong 5m;
  lua_shared_dict kong_rate_limiting_counters 12m;
  ${sharedDictionary(options.sharedDictSize)}
  ${temporary.map((name) => `${name}_temp_path ${join(prefix, `${name}_temp`)};`).join("\n  ")}
  map $request_id $kong_request_id { default $request_id; }`;
}

const LIFECYCLE = (prefix: string): string => `
  init_by_lua_block {
    require "resty.core"
    local file = assert(io.open("${join(prefix, "settings.json")}"))
    require("gateway.lifecycle").init(require("cjson").decode(file:read("*a")))
    file:close()
    gateway_phases = require "gateway.phases"
    gateway_balance = require("gateway.proxy").balance
    gateway_control = require "gateway.control"
  }
  init_worker_by_lua_block { require("gateway.lifecycle").init_worker() }`;

const UPSTREAM_VARIABLES = [
  "host",
  "uri",
  "x_forwarded_for",
  "x_forwarded_proto",
  "x_forwarded_host",
  "x_forwarded_port",
  "x_forwarded_path",
  "x_forwarded_prefix",
];

const proxyLocation = (): string => `
    location / {
      default_type '';
      ${UPSTREAM_VARIABLES.map((name) => `set $upstream_${name} '';`).join("\n      ")}
      proxy_http_version 1.1;
      proxy_set_header Host $upstream_host;
      proxy_set_header Connection keep-alive;
      proxy_set_header X-Forwarded-For $upstream_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $upstream_x_forwarded_proto;
      proxy_set_header X-Forwarded-Host $upstream_x_forwarded_host;
      proxy_set_header X-Forwarded-Port $upstream_x_forwarded_port;
      proxy_set_header X-Forwarded-Path $upstream_x_forwarded_path;
      proxy_set_header X-Forwarded-Prefix $upstream_x_forwarded_prefix;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Kong-Request-Id $kong_request_id;
      proxy_pass_header Server;
      proxy_pass_header Date;
      proxy_pass http://gateway_upstream$upstream_uri;
    }`;

const proxyServer = (options: Options, layout: Layout): string => `
  upstream gateway_upstream {
    server 0.0.0.1;
    balancer_by_lua_block { gateway_balance() }
    keepalive 512;
    keepalive_requests 10000;
  }
  server {
    listen 127.0.0.1:${layout.proxyPort} backlog=4096;
    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
    ${options.trustedIps.map((range) => `set_real_ip_from ${range};`).join("\n    ")}
    rewrite_by_lua_block { gateway_phases.rewrite() }
    access_by_lua_block { gateway_phases.access() }
    header_filter_by_lua_block { gateway_phases.header_filter() }
    body_filter_by_lua_block { gateway_phases.body_filter() }
    log_by_lua_block { gateway_phases.log() }
    ${proxyLocation()}
  }`;

const controlServer = ({ controlSocket }: Layout): string => `
  server {
    listen unix:${controlSocket};
    client_body_buffer_size 1m;
    location / { content_by_lua_block { gateway_control.serve() } }
  }`;

export function nginxConf(options: Options, layout: Layout): string {
  return `# Written at each start of a development stand-in for Kong. Not for production.
${userDirective()}
load_module ${MODULES}/ndk_http_module.so;
load_module ${MODULES}/ngx_http_lua_module.so;
daemon off;
worker_processes ${options.workers};
worker_shutdown_timeout 3s;
pid ${join(layout.prefix, "nginx.pid")};
error_log ${join(layout.prefix, "error.log")} notice;
events { worker_connections 8192; multi_accept on; }
http {${httpSettings(options, layout)}
${LIFECYCLE(layout.prefix)}
${proxyServer(options, layout)}
${controlServer(layout)}
}
`;
}
