import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../agent/src/config.ts";
import { type RunningGateway, startGateway } from "../e2e/gateway/gateway.ts";
import { call } from "../support/http.ts";

interface Document {
  _format_version: string;
  _info?: { select_tags: string[] };
  services: unknown[];
  plugins: { name: string; config: Record<string, unknown> }[];
}

const read = (path: string) => readFileSync(path, "utf8");
const document = (path: string) => parse(read(path), { merge: true }) as Document;
const TEMPLATE = "kong-config-template/kong.yaml";
const COMPOSED = "compose/kong.yaml";

/** As docker-compose.yml does it. */
const composed = (mode: string) => parse(read(COMPOSED).replace("MODE_IS_SET_BY_COMPOSE", mode)) as Document;

/** Every leaf with its path. */
function leaves(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, path === "" ? name : `${path}.${name}`));
}

describe("the samples for users", () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ target: "dev", workers: 1 });
  });
  afterAll(() => gateway?.stop());

  const validate = (body: object = {}) =>
    call(`${gateway.adminUrl}/schemas/plugins/validate`, { method: "POST", body });

  it.each([
    ["the template", () => document(TEMPLATE).plugins[0]],
    ["compose, monitoring", () => composed("monitor").plugins[0]],
    ["compose, enforcing", () => composed("enforce").plugins[0]],
  ])("hold a plugin configuration that Kong accepts: %s", async (_name, plugin) => {
    const { status, json } = await validate(plugin());
    expect(json).toEqual({ message: "schema validation successful" });
    expect(status).toBe(200);
  });

  it("would be refused with a field that the plugin does not know", async () => {
    const plugin = document(TEMPLATE).plugins[0]!;
    const { status } = await validate({ ...plugin, config: { ...plugin.config, modus: "monitor" } });
    expect(status).toBe(400);
  });

  it("show the defaults, except where they say so", async () => {
    const { json } = await call(`${gateway.adminUrl}/plugins`, { method: "POST", body: { name: "threat-response" } });
    const defaults = new Map(leaves((json as { config: unknown }).config));
    const own = new Set(["login.paths", "agent.url", "agent.key_id", "agent.secret", "agent.feed_secret", "hash_key"]);
    const differing = leaves(document(TEMPLATE).plugins[0]!.config).filter(
      ([path, value]) => !own.has(path) && JSON.stringify(defaults.get(path)) !== JSON.stringify(value),
    );
    expect(differing).toEqual([]);
  });

  it("let the whole composed configuration be loaded", async () => {
    const loaded = await startGateway({ target: "dev", database: false, workers: 1, entities: composed("monitor") });
    const { json } = await call(`${loaded.adminUrl}/routes`);
    await loaded.stop();
    expect((json as { data: unknown[] }).data).toHaveLength(4);
  });

  it("confine decK to its own entities", () => {
    expect(document(TEMPLATE)._info?.select_tags).toEqual(["gitops"]);
  });

  it("start without stopping anything", () => {
    expect(document(TEMPLATE).plugins[0]!.config.mode).toBe("monitor");
    const compose = parse(read("docker-compose.yml"), { merge: true });
    expect(compose.services.kong.environment.THREAT_RESPONSE_MODE).toBe(`\${THREAT_RESPONSE_MODE:-monitor}`);
    expect(compose.services.agent.environment.DRY_RUN).toBe(`\${THREAT_RESPONSE_DRY_RUN:-true}`);
  });

  it("publish ports on loopback only", () => {
    const compose = parse(read("docker-compose.yml"), { merge: true });
    const ports = Object.values(compose.services as Record<string, { ports?: string[] }>).flatMap(
      (it) => it.ports ?? [],
    );
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  });

  it("give the agent an environment that it accepts", () => {
    const lines = read("kong-config-template/agent.env").split("\n");
    const env = Object.fromEntries(lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split("=", 2)));
    expect(readConfig(env as Record<string, string>).DRY_RUN).toBe(true);
  });
});
