/** A control plane and a data plane of the Kong that KONG_BIN names, both on this machine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { freePort, temporaryDirectory } from "../../support/processes.ts";
import type { RunningGateway, StartOptions } from "./gateway.ts";
import { kongEnvironment } from "./kong-environment.ts";
import { commandLine, killMaster, startCluster, untilItAnswers } from "./native.ts";

const LUA_DIST = join(import.meta.dirname, "..", "..", "..", "lua-dist");
const OPTIONS: StartOptions = {
  database: true,
  workers: 1,
  trustedIps: ["127.0.0.1/32"],
  plugins: ["threat-response"],
  luaPaths: [],
  sharedDictSize: "8m",
  routerFlavor: "traditional_compatible",
  entities: undefined,
};

/** Its Admin API is the control plane's, its proxy the data plane's. */
export interface HybridGateway extends RunningGateway {
  /** The data plane stands still: it neither serves nor follows, and its connection stays. */
  freeze(): void;
  thaw(): void;
}

function tellAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

export async function startHybrid(): Promise<HybridGateway> {
  const directory = temporaryDirectory("gateway-hybrid");
  const at = (name: string) => join(directory.path, name);
  const database = await startCluster();
  const [proxy, admin, control, telemetry] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const paths = (name: string) => ({ prefix: at(name), lua: [LUA_DIST], document: undefined });
  const cluster = { KONG_CLUSTER_CERT: at("cluster.crt"), KONG_CLUSTER_CERT_KEY: at("cluster.key") };
  const controlPlane = commandLine({
    ...kongEnvironment(OPTIONS, { proxy, admin }, paths("control"), database.database),
    ...cluster,
    KONG_ROLE: "control_plane",
    KONG_PROXY_LISTEN: "off",
    KONG_CLUSTER_LISTEN: `127.0.0.1:${control}`,
    KONG_CLUSTER_TELEMETRY_LISTEN: `127.0.0.1:${telemetry}`,
  });
  const dataPlane = commandLine({
    ...kongEnvironment(OPTIONS, { proxy, admin }, paths("data")),
    ...cluster,
    KONG_ROLE: "data_plane",
    KONG_ADMIN_LISTEN: "off",
    KONG_CLUSTER_CONTROL_PLANE: `127.0.0.1:${control}`,
    KONG_CLUSTER_TELEMETRY_ENDPOINT: `127.0.0.1:${telemetry}`,
    KONG_LUA_SSL_TRUSTED_CERTIFICATE: at("cluster.crt"),
  });
  process.once("exit", () => {
    for (const name of ["control", "data"]) killMaster(at(name));
  });
  await controlPlane("hybrid", "gen_cert", cluster.KONG_CLUSTER_CERT, cluster.KONG_CLUSTER_CERT_KEY);
  await controlPlane("migrations", "bootstrap");
  await controlPlane("start");
  const adminUrl = `http://127.0.0.1:${admin}`;
  const version = await untilItAnswers(adminUrl);
  await dataPlane("start");
  await eventually(async () => {
    const { json } = await call(`${adminUrl}/clustering/data-planes`);
    if (json.data?.[0]?.sync_status !== "normal") throw new Error("the data plane has not come yet");
  }, 30_000);
  const master = Number(readFileSync(join(at("data"), "pids", "nginx.pid"), "utf8"));
  const workers = () => readFileSync(`/proc/${master}/task/${master}/children`, "utf8").trim().split(" ").map(Number);
  return {
    target: "native",
    database: false,
    proxyUrl: `http://127.0.0.1:${proxy}`,
    adminUrl,
    version,
    workerPids: async () => workers(),
    logs: () => readFileSync(join(at("data"), "logs", "error.log"), "utf8").slice(-100_000),
    reload: () => dataPlane("reload", "-p", at("data")),
    freeze: () => tellAll(workers(), "SIGSTOP"),
    thaw: () => tellAll(workers(), "SIGCONT"),
    stop: async () => {
      await dataPlane("stop", "-p", at("data"));
      await controlPlane("stop", "-p", at("control"));
      await database.stop();
      directory.remove();
    },
  };
}
