import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

describe("what is wrong with a policy", () => {
  const message = (text: string): string => {
    try {
      parsePolicy(text);
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };

  it.each([
    ["a wrong value", withPlan("{ id: x, action: block_source, ttl_s: 5 }"), "line 6, rules.0.plans.0.ttl_s: "],
    ["a member that is not known", "version: 1\n\nrulez: []\nrules: []\n", "line 3, rulez: "],
    ["a member that is missing", withPlan("{ id: x, action: block_source }"), "line 6, rules.0.plans.0.ttl_s: "],
    [
      "a member of an action of several",
      withPlan("{ id: x, actions: [{ action: block_source, ttl_s: 60, rsp: 2 }] }"),
      "line 6, rules.0.plans.0.actions.0.rsp: ",
    ],
    [
      "an action that is not there",
      withPlan("{ id: x, action: drop_tables, ttl_s: 60 }"),
      "no such action; there are block_source, ",
    ],
    [
      "a category in a list",
      "version: 1\nrules:\n  - name: r\n    when:\n      category:\n        - abuse\n        - evil\n    plans: [{ id: a, action: observe }]",
      "line 7, rules.0.when.category.1: ",
    ],
    [
      "a time zone",
      'version: 1\nmaintenance:\n  - { name: m, from: "22:00", to: "23:00", time_zone: Mars/Base }\nrules: []',
      "line 3, maintenance.0.time_zone: a time zone is wanted",
    ],
    [
      "a time without quotes",
      "version: 1\nmaintenance:\n  - { name: m, from: 22:00, to: 9:00 }\nrules: []",
      'such as "22:00"',
    ],
    [
      "shares beyond all",
      "version: 1\nrails:\n  reserved: { high: 0.6, critical: 0.6 }\nrules: []",
      "line 3, rails.reserved: the shares are more than 1 together",
    ],
  ])("%s is named with its line and place, and with what to do", (_name, text, expected) => {
    expect(message(text)).toContain(expected);
    expect(message(text)).toContain("threat-response check-policy FILE");
  });

  it("is nothing where demo and default are concerned", () => {
    for (const path of ["../../policy.yaml", "../../../demo/policy.yaml"]) {
      expect(() => parsePolicy(readFileSync(new URL(path, import.meta.url), "utf8"))).not.toThrow();
    }
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
