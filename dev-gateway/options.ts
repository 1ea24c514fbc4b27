import { parseArgs } from "node:util";

/** How a stand-in is started; ports 0 mean free ones. */
export interface Options {
  proxyPort: number;
  adminPort: number;
  workers: number;
  /** False is Kong's DB-less mode: entities come as a document, through `--config` or `POST /config`. */
  database: boolean;
  /** A declarative configuration that is loaded at the start (and, without a database, again at each reload). */
  config?: string;
  trustedIps: string[];
  /** A directory to use instead of a temporary one; it is kept. */
  prefix?: string;
  /** Size of the plugin's shared dictionary; "0" leaves it out. */
  sharedDictSize: string;
  /** Custom plugins, found by module path. */
  plugins: string[];
  /** Directories with Lua modules, before the plugin's own. */
  luaPaths: string[];
}

const SWITCHES = {
  "proxy-port": { type: "string", default: "0" },
  "admin-port": { type: "string", default: "0" },
  workers: { type: "string", default: "2" },
  database: { type: "string", default: "on" },
  config: { type: "string" },
  "trusted-ips": { type: "string", default: "" },
  prefix: { type: "string" },
  "shared-dict-size": { type: "string", default: "64m" },
  plugins: { type: "string", default: "threat-response" },
  "lua-path": { type: "string", default: "" },
} as const;

const asList = (text: string): string[] => text.split(",").filter((item) => item !== "");

function asWhole(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to) {
    throw new Error(`--${name} must be a whole number from ${from} to ${to}, not "${text}"`);
  }
  return value;
}

export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({ args, options: SWITCHES });
  if (values.database !== "on" && values.database !== "off") {
    throw new Error(`--database must be on or off, not "${values.database}"`);
  }
  return {
    proxyPort: asWhole("proxy-port", values["proxy-port"], 0, 65535),
    adminPort: asWhole("admin-port", values["admin-port"], 0, 65535),
    workers: asWhole("workers", values.workers, 1, 16),
    database: values.database === "on",
    trustedIps: asList(values["trusted-ips"]),
    sharedDictSize: values["shared-dict-size"],
    plugins: asList(values.plugins),
    luaPaths: asList(values["lua-path"]),
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(values.prefix === undefined ? {} : { prefix: values.prefix }),
  };
}
