import { startDev } from "./dev.ts";
import { startDocker } from "./docker.ts";
import { startNative } from "./native.ts";
import { availableTargets, type Target } from "./targets.ts";

export interface GatewayOptions {
  /** Default: the target of this run (`GATEWAY_TARGET`), else dev. */
  target?: Target;
  /** With a database entities are written through the Admin API; without, as one document. Default: true. */
  database?: boolean;
  workers?: number;
  /** CIDRs of proxies whose X-Forwarded-For counts. */
  trustedIps?: string[];
  /** A declarative configuration to start with. */
  entities?: object;
  /** Custom plugins to enable besides the bundled ones. Default: threat-response. */
  plugins?: string[];
  /** Directories with their Lua, besides lua-dist. */
  luaPaths?: string[];
  /** Default: Kong's. dev has that one only. */
  routerFlavor?: "traditional" | "traditional_compatible" | "expressions";
  /** Size of the plugin's shared dictionary; "0" for none. */
  sharedDictSize?: string;
}

export type StartOptions = Required<Omit<GatewayOptions, "target" | "entities">> & { entities: object | undefined };

export interface RunningGateway {
  target: Target;
  database: boolean;
  proxyUrl: string;
  adminUrl: string;
  version: string;
  workerPids(): Promise<number[]>;
  /** As `kong reload`: new code and configuration file, same shared dictionaries. */
  reload(): Promise<void>;
  /** The end of the error log. */
  logs(): string;
  stop(): Promise<void>;
}

const STARTERS = { dev: startDev, native: startNative, docker: startDocker };

export function currentTarget(): Target {
  return (process.env.GATEWAY_TARGET as Target | undefined) ?? "dev";
}

/** Starts a gateway on free ports of the loopback interface; throws when the target is not at hand. */
export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const { target = currentTarget(), ...rest } = options;
  const { missing } = availableTargets()[target];
  if (missing) throw new Error(`gateway ${target}: not run, ${missing}`);
  return STARTERS[target]({
    database: true,
    workers: 2,
    trustedIps: [],
    plugins: ["threat-response"],
    luaPaths: [],
    sharedDictSize: "64m",
    routerFlavor: "traditional_compatible",
    entities: undefined,
    ...rest,
  });
}
