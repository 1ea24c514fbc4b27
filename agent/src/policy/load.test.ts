import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openPolicyFile, PolicyError, parsePolicy } from "./load.ts";

const minimal = "version: 1\nrules: []\n";
const withPlan = (plan: string) =>
  `version: 1\nrules:\n  - name: r\n    when: { category: abuse }\n    plans:\n      - ${plan}\n`;

describe("parsePolicy", () => {
  it("fills in safe defaults", () => {
    const { document } = parsePolicy(minimal);
    expect(document.rails).toMatchObject({ act_on_monitor: false, max_actions_per_hour: 60, max_good_share: 0.1 });
  });

  it.each([
    ["no YAML", "version: [1", /not valid YAML/],
    ["a key twice", "version: 1\nversion: 1\nrules: []", /not valid YAML/],
    ["another version", "version: 2\nrules: []", /version/],
    ["an unknown member", "version: 1\nrulez: []\nrules: []", /rulez/],
    ["an unknown action", withPlan("{ id: x, action: drop_tables }"), /action/],
    [
      "an unknown category",
      "version: 1\nrules:\n  - { name: r, when: { category: evil }, plans: [{ id: a, action: observe }] }",
      /category/,
    ],
    ["a block without an end", withPlan("{ id: x, action: block_source }"), /ttl_s/],
    ["an endless block", withPlan("{ id: x, action: block_source, ttl_s: 99999999 }"), /ttl_s/],
    ["a negative limit", withPlan("{ id: x, action: throttle_route, ttl_s: 60, per_second: -1 }"), /per_second/],
    [
      "a throttle without a limit",
      withPlan("{ id: x, action: throttle_route, ttl_s: 60 }"),
      /per_second or per_minute/,
    ],
    ["a range that is none", "version: 1\nrails: { never_touch: { cidrs: [10.0.0.0/99] } }\nrules: []", /CIDR/],
    ["a plan id twice", withPlan("{ id: x, action: observe }\n      - { id: x, action: observe }"), /twice/],
    ["nothing at all", "", /not valid/],
  ])("refuses %s and says where", (_name, text, message) => {
    expect(() => parsePolicy(text)).toThrow(PolicyError);
    expect(() => parsePolicy(text)).toThrow(message);
  });
});

describe("a policy file", () => {
  const directory = mkdtempSync(join(tmpdir(), "tr-policy-"));
  const path = join(directory, "policy.yaml");
  afterAll(() => rmSync(directory, { recursive: true }));

  it("keeps the policy in force when an edit breaks it, says so, and takes the next good one", () => {
    writeFileSync(path, minimal);
    const said: string[] = [];
    const file = openPolicyFile(path, (text, error) => void said.push(`${text} ${error?.message ?? ""}`));
    const { hash } = file.current();
    writeFileSync(path, "version: 1\nrules: nonsense\n");
    expect(file.reload().error).toBeInstanceOf(PolicyError);
    expect(file.current().hash).toBe(hash);
    expect(said[0]).toContain(`Policy ${hash} stays in force`);
    writeFileSync(path, `${minimal}dry_run: true\n`);
    expect(file.reload()).toEqual({ changed: true, error: null });
    expect(file.current().document.dry_run).toBe(true);
    rmSync(path);
    expect(file.reload().error?.message).toContain("cannot be read");
    expect(file.current().document.dry_run).toBe(true);
    file.close();
  });

  it("refuses to start with a broken one", () => {
    expect(() => openPolicyFile(join(directory, "absent.yaml"), () => undefined)).toThrow("cannot be read");
  });
});
