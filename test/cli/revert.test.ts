import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_MAIN } from "../support/agent-process.ts";

const GOOD = `services:\n  - name: echo\n    host: echo\n`;
let directory: string;
let bad: string;

const git = (...args: string[]) =>
  execFileSync(
    "git",
    ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false", ...args],
    {
      cwd: join(directory, "work"),
      stdio: "pipe",
    },
  )
    .toString()
    .trim();

/** As an operator at a terminal. */
function run(...args: string[]): { status: number | null; text: string } {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, DATA_DIR: directory, GIT_REMOTE_URL: join(directory, "remote.git") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [AGENT_MAIN, ...args], { env });
  return { status, text: `${stdout}${stderr}` };
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "revert-cli-"));
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", join(directory, "remote.git")]);
  execFileSync("git", ["clone", "-q", join(directory, "remote.git"), join(directory, "work")], { stdio: "pipe" });
  git("checkout", "-q", "-b", "main");
  for (const text of [GOOD, GOOD.replace("host: echo", "host: wrong")]) {
    writeFileSync(join(directory, "work", "kong.yaml"), text);
    git("add", "-A");
    git("commit", "-q", "-m", `Set ${text.length}`);
  }
  git("push", "-q", "origin", "main");
  bad = git("rev-parse", "HEAD");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("revert at the terminal", () => {
  it("shows what would go back and writes nothing, then proposes it", () => {
    const shown = run("revert", bad);
    expect(shown).toMatchObject({ status: 0 });
    expect(shown.text).toContain("goes back  services[echo]");
    expect(git("ls-remote", "origin")).not.toContain("threat-response");
    expect(run("revert", bad, "--propose")).toMatchObject({
      status: 0,
      text: expect.stringContaining("branch threat-response/"),
    });
    expect(git("ls-remote", "origin")).toContain("refs/heads/threat-response/revert-");
  });

  it("says what is wrong with a short sha, an unknown one, and a repository that is not named", () => {
    expect(run("revert", "abc")).toMatchObject({ status: 1, text: expect.stringContaining("whole sha") });
    expect(run("revert", "0".repeat(40))).toMatchObject({ status: 1, text: expect.stringContaining("no commit") });
    expect(run("hold", "list")).toMatchObject({ status: 0, text: "There are no holds.\n" });
    expect(run("hold", "release", bad)).toMatchObject({ status: 0, text: expect.stringContaining("no hold") });
  });
});
