import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type RunningGateway, startGateway } from "../e2e/gateway/gateway.ts";
import { call } from "../support/http.ts";

const TEXT = readFileSync("kong-config-template/kong.yaml", "utf8");
const LINES = TEXT.split("\n");
const { services, plugins } = parse(TEXT);

/** Of Kong's schemas, without what Kong sets itself. */
const SERVICE =
  "name protocol host port path retries connect_timeout write_timeout read_timeout enabled client_certificate tls_verify tls_verify_depth ca_certificates tags";
const ROUTE =
  "name protocols methods hosts paths headers snis sources destinations regex_priority strip_path path_handling preserve_host https_redirect_status_code request_buffering response_buffering expression priority tags";

/** As a field, or in a comment for want of a default. */
const isShown = (field: string) => new RegExp(`^\\s*(?:- |# )?${field}: ?`, "m").test(TEXT);

describe("the sample kong.yaml", () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ target: "dev", workers: 1 });
  });
  afterAll(() => gateway?.stop());

  it("explains every field beside it or right above it", () => {
    const isField = (line: string) => /^\s*(?:- )?[a-z_]+:/.test(line);
    // Several that are explained together follow their comment without a gap.
    const isExplained = (at: number): boolean => {
      const above = LINES[at - 1] ?? "";
      if ((LINES[at] ?? "").includes(" #") || above.trim().startsWith("#")) return true;
      return isField(above) && !above.trimEnd().endsWith(":") && isExplained(at - 1);
    };
    const containers = /^\s*(?:_info|services|routes|plugins|config):\s*$/;
    const bare = LINES.filter((line, at) => isField(line) && !containers.test(line) && !isExplained(at));
    expect(bare).toEqual([]);
  });

  it("shows every field of services and routes", () => {
    expect(`${SERVICE} ${ROUTE}`.split(" ").filter((field) => !isShown(field))).toEqual([]);
  });

  it("shows every setting of the plugin", async () => {
    const { json } = await call(`${gateway.adminUrl}/plugins`, { method: "POST", body: { name: "threat-response" } });
    const namesIn = (value: unknown, path: string): string[] =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, member]) => namesIn(member, `${path}.${name}`))
        : [path];
    const shown = new Set(namesIn(plugins[0].config, ""));
    expect(namesIn(json.config, "").filter((path) => !shown.has(path))).toEqual([]);
  });

  it("is a service, routes and plugins that Kong takes", async () => {
    const post = async (path: string, body: object) => (await call(`${gateway.adminUrl}${path}`, { body })).status;
    const { routes, ...service } = services[0];
    expect(await post("/services", service)).toBe(201);
    for (const { plugins: own = [], ...route } of routes) {
      expect(await post(`/services/${service.name}/routes`, route)).toBe(201);
      for (const plugin of own) expect(await post(`/routes/${route.name}/plugins`, plugin)).toBe(201);
    }
  });
});
