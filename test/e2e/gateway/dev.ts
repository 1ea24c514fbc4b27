import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startScript, temporaryDirectory } from "../../support/processes.ts";
import type { RunningGateway, StartOptions } from "./gateway.ts";
import { untilReplaced, workerPids } from "./workers.ts";

const MAIN = join(import.meta.dirname, "..", "..", "..", "dev-gateway", "main.ts");

function argumentsFor(options: StartOptions, prefix: string): string[] {
  const args = [
    "--workers",
    String(options.workers),
    "--database",
    options.database ? "on" : "off",
    "--prefix",
    prefix,
  ];
  args.push("--trusted-ips", options.trustedIps.join(","), "--plugins", options.plugins.join(","));
  args.push("--shared-dict-size", options.sharedDictSize, "--lua-path", options.luaPaths.join(","));
  if (options.entities) {
    const path = join(prefix, "kong.json");
    writeFileSync(path, JSON.stringify(options.entities));
    args.push("--config", path);
  }
  return args;
}

export async function startDev(options: StartOptions): Promise<RunningGateway> {
  const prefix = temporaryDirectory("gateway-dev");
  const server = await startScript(MAIN, argumentsFor(options, prefix.path));
  const { proxyUrl, adminUrl, version } = server.ready as Record<string, string>;
  return {
    target: "dev",
    database: options.database,
    proxyUrl: proxyUrl!,
    adminUrl: adminUrl!,
    version: version!,
    workerPids: () => workerPids(adminUrl!),
    logs: () => readFileSync(join(prefix.path, "error.log"), "utf8").slice(-100_000),
    reload: async () => {
      const before = await workerPids(adminUrl!);
      server.kill("SIGHUP");
      await untilReplaced(adminUrl!, before);
    },
    stop: async () => {
      await server.stop();
      prefix.remove();
    },
  };
}
