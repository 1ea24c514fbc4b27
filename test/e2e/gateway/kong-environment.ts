import type { StartOptions } from "./gateway.ts";

export interface Ports {
  proxy: number;
  admin: number;
}

export interface Database {
  host: string;
  port: number;
  user: string;
  name: string;
}

/** Directories as Kong sees them. */
export interface Paths {
  prefix: string;
  lua: string[];
  /** The declarative configuration, if any. */
  document: string | undefined;
}

function databaseSettings(database: Database | undefined, paths: Paths): Record<string, string> {
  if (!database) {
    return { KONG_DATABASE: "off", ...(paths.document ? { KONG_DECLARATIVE_CONFIG: paths.document } : {}) };
  }
  return {
    KONG_DATABASE: "postgres",
    KONG_PG_HOST: database.host,
    KONG_PG_PORT: String(database.port),
    KONG_PG_USER: database.user,
    KONG_PG_DATABASE: database.name,
  };
}

function dictionarySetting({ sharedDictSize }: StartOptions): Record<string, string> {
  if (sharedDictSize === "0") return {};
  return { KONG_NGINX_HTTP_LUA_SHARED_DICT: `threat_response ${sharedDictSize}` };
}

/** Kong's settings as environment variables; short update intervals keep tests short. */
export function kongEnvironment(
  options: StartOptions,
  ports: Ports,
  paths: Paths,
  database?: Database,
): Record<string, string> {
  const lua = paths.lua.flatMap((directory) => [`${directory}/?.lua`, `${directory}/?/init.lua`]);
  return {
    KONG_PREFIX: paths.prefix,
    KONG_PROXY_LISTEN: `127.0.0.1:${ports.proxy}`,
    KONG_ADMIN_LISTEN: `127.0.0.1:${ports.admin}`,
    KONG_STATUS_LISTEN: "off",
    KONG_ADMIN_GUI_LISTEN: "off",
    KONG_ANONYMOUS_REPORTS: "off",
    KONG_PROXY_ACCESS_LOG: "off",
    KONG_ADMIN_ACCESS_LOG: "off",
    KONG_LOG_LEVEL: "notice",
    KONG_NGINX_WORKER_PROCESSES: String(options.workers),
    KONG_TRUSTED_IPS: options.trustedIps.join(","),
    KONG_REAL_IP_HEADER: "X-Forwarded-For",
    KONG_REAL_IP_RECURSIVE: "on",
    KONG_PLUGINS: ["bundled", ...options.plugins].join(","),
    KONG_LUA_PACKAGE_PATH: `${lua.join(";")};;`,
    KONG_ROUTER_FLAVOR: options.routerFlavor,
    KONG_WORKER_STATE_UPDATE_FREQUENCY: "0.1",
    KONG_DB_UPDATE_FREQUENCY: "0.5",
    ...dictionarySetting(options),
    ...databaseSettings(database, paths),
  };
}
