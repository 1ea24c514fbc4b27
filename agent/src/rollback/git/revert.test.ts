import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GITHUB_TOKEN, type GithubServer, startGithubServer } from "../../../../test/support/github-server.ts";
import { HOSTILE_STRINGS } from "../../../../test/support/hostile-strings.ts";
import { createGithubRepository } from "./github.ts";
import { createPlainGitRepository } from "./plain-git.ts";
import { type Repository, RepositoryError } from "./repository.ts";
import { planRevert, proposeRevert } from "./revert.ts";

const GOOD = `_format_version: "3.0"\nservices:\n  - name: echo # hears\n    url: http://echo:1027\n    routes:\n      - name: echo-route\n        paths: [/echo]\n`;
const BAD = GOOD.replace(
  "        paths: [/echo]\n",
  "        paths: [/echo]\n        plugins:\n          - name: request-termination\n            config: { status_code: 503 }\n",
);
const LATER = BAD.replace("paths: [/echo]", "paths: [/echo, /echoes]");

let directory: string;
let bare: string;
let bad: string;
let server: GithubServer;

const git = (...args: string[]) =>
  execFileSync(
    "git",
    ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false", ...args],
    { cwd: join(directory, "work"), stdio: "pipe" },
  )
    .toString()
    .trim();

function commit(message: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, "work", path)), { recursive: true });
    writeFileSync(join(directory, "work", path), text);
  }
  git("add", "-A");
  git("commit", "-q", "-m", message);
  git("push", "-q", "origin", "HEAD:main");
  return git("rev-parse", "HEAD");
}

let template: string;

beforeAll(() => {
  directory = template = mkdtempSync(join(tmpdir(), "kong-config-"));
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", join(template, "remote.git")]);
  execFileSync("git", ["clone", "-q", "remote.git", "work"], { cwd: template, stdio: "pipe" });
  git("remote", "set-url", "origin", "../remote.git");
  git("checkout", "-q", "-b", "main");
  commit("Serve the echo", { "kong/echo.yaml": GOOD, "README.md": "Configuration\n" });
  bad = commit("Stop the echo @team <!channel>", { "kong/echo.yaml": BAD });
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "kong-config-"));
  bare = join(directory, "remote.git");
  cpSync(template, directory, { recursive: true });
  server = await startGithubServer(bare);
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const github = (changes: { token?: string; timeout_ms?: number } = {}): Repository =>
  createGithubRepository({
    repository: "acme/kong-config",
    token: GITHUB_TOKEN,
    apiUrl: server.url,
    base: "main",
    patterns: ["kong/**"],
    retryAfterBase_ms: 1,
    hasPauses: false,
    ...changes,
  });
const plain = (pushToBase = false): Repository =>
  createPlainGitRepository({
    url: bare,
    base: "main",
    patterns: ["kong/**"],
    directory: join(directory, "copy"),
    pushToBase,
  });

const reasons = {
  incident: "3f2a-77",
  evidence: ["100 % of 60 requests answered 503"],
  blast_radius: ["route echo-route"],
  publicUrl: "https://agent.example",
};
const fileAt = (ref: string, path = "kong/echo.yaml") =>
  execFileSync("git", ["show", `${ref}:${path}`], { cwd: bare }).toString();

describe.each([
  ["GitHub", () => github()],
  ["a plain remote", () => plain()],
])("a revert on %s", (_name, open) => {
  it("is one commit that takes back the bad one and keeps what came after it", async () => {
    commit("Hear echoes, too", { "kong/echo.yaml": LATER, "README.md": "More\n" });
    const repository = open();
    const plan = await planRevert(repository, bad);
    expect(plan.patch.conflicts).toEqual([]);
    const { proposal } = await proposeRevert(repository, plan, reasons, false);
    expect(proposal).toMatchObject({
      branch: `threat-response/revert-${bad.slice(0, 7)}-3f2a77`,
      draft: false,
      state: "open",
    });
    expect(fileAt(proposal!.branch)).toBe(GOOD.replace("paths: [/echo]", "paths: [/echo, /echoes]"));
    expect(fileAt(proposal!.branch, "README.md")).toBe("More\n");
    expect(
      execFileSync("git", ["rev-list", "--count", `main..${proposal!.branch}`], { cwd: bare })
        .toString()
        .trim(),
    ).toBe("1");
    expect(execFileSync("git", ["log", "-n1", "--format=%B", proposal!.branch], { cwd: bare }).toString()).toContain(
      `This reverts commit ${bad}.`,
    );
  });

  it("is found again by a second run, also one that died half through", async () => {
    const first = await proposeRevert(open(), await planRevert(open(), bad), reasons, false);
    const again = await proposeRevert(open(), await planRevert(open(), bad), reasons, false);
    expect(again.proposal?.sha).toBe(first.proposal?.sha);
    expect(server.pulls.length).toBeLessThanOrEqual(1);
  });

  it("never touches a branch of that name that somebody else made", async () => {
    git("push", "-q", "origin", `main:refs/heads/threat-response/revert-${bad.slice(0, 7)}-3f2a77`);
    const plan = await planRevert(open(), bad);
    await expect(proposeRevert(open(), plan, reasons, false)).rejects.toThrow(/is there already/);
  });

  it("is not made when nothing is left to take back", async () => {
    commit("Take it back by hand", { "kong/echo.yaml": GOOD });
    const { proposal, reason } = await proposeRevert(open(), await planRevert(open(), bad), reasons, true);
    expect(proposal).toBeNull();
    expect(reason).toContain("taken back already");
  });

  it("keeps a hold on the commit until it is released", async () => {
    const repository = open();
    const hold = { sha: bad, until: Math.floor(Date.now() / 1000) + 3_600, incident: "3f2a-77" };
    await repository.hold(hold);
    await repository.hold({ ...hold, until: hold.until + 60 });
    expect(await repository.holds()).toEqual([{ ...hold, until: hold.until + 60 }]);
    expect(await repository.release(bad)).toBe(true);
    expect(await repository.release(bad)).toBe(false);
    expect(await repository.holds()).toEqual([]);
  });

  it("refuses what is no commit, and the first one", async () => {
    await expect(planRevert(open(), "0".repeat(40))).rejects.toThrow(/no commit/);
    const first = git("rev-list", "--max-parents=0", "HEAD");
    await expect(planRevert(open(), first)).rejects.toThrow(/first commit/);
  });

  it("knows what was committed lately, and by whom", async () => {
    const found = await open().history({ since_ms: Date.now() - 3_600_000, limit: 10 });
    expect(found[0]).toMatchObject({ sha: bad, author: { name: "dev", email: "dev@example.com" } });
    expect(found[0]?.at).toBeGreaterThan(Date.now() - 3_600_000);
  });
});

describe("merging on GitHub", () => {
  const proposed = async (mayMerge = true) => {
    const repository = github();
    return proposeRevert(repository, await planRevert(repository, bad), reasons, mayMerge);
  };

  it("arms auto-merge, so that the checks decide", async () => {
    expect((await proposed()).merge?.outcome).toBe("armed");
    expect(server.pulls[0]).toMatchObject({ autoMerge: true, merged: false, labels: ["threat-response"] });
  });

  it.each([
    "Pull request Pull request is in clean status",
    "Pull request is in unstable status",
    "Auto merge is not allowed for this repository",
  ])("merges at once where GitHub says: %s", async (refusal) => {
    server.autoMergeRefusal = refusal;
    expect((await proposed()).merge?.outcome).toBe("merged");
    expect(fileAt("main")).toBe(GOOD);
  });

  it("leaves it open, with the reason, where the branch is protected", async () => {
    server.autoMergeRefusal = "Pull request is in clean status";
    server.mergeRefusal = "At least 1 approving review is required";
    expect((await proposed()).merge).toMatchObject({
      outcome: "left",
      detail: expect.stringContaining("approving review"),
    });
  });

  it("makes a draft of what has conflicts, tells them, and never merges it", async () => {
    commit("Another code, other paths", { "kong/echo.yaml": BAD.replace("503", "404") });
    const both = commit("Move the echo and stop it harder", {
      "kong/echo.yaml": BAD.replace("503", "500").replace("echo:1027", "wrong:1"),
    });
    commit("Yet another code", { "kong/echo.yaml": BAD.replace("503", "418").replace("echo:1027", "wrong:1") });
    const repository = github();
    const { proposal, merge } = await proposeRevert(repository, await planRevert(repository, both), reasons, true);
    expect(proposal?.draft).toBe(true);
    expect(merge).toBeNull();
    expect(fileAt(proposal!.branch)).toContain("echo:1027");
    expect(server.pulls[0]?.body).toContain("needs a human");
  });

  it("tells hostile texts as plain ones", async () => {
    const evidence = Object.values(HOSTILE_STRINGS);
    const repository = github();
    await proposeRevert(repository, await planRevert(repository, bad), { ...reasons, evidence }, false);
    const body = server.pulls[0]?.body ?? "";
    for (const harm of [/(?<!\\)<\w/, /@everyone/, /(?<!\\)\]\(/, /\p{Cc}(?<!\n)/u, /\n\{/])
      expect(body).not.toMatch(harm);
  });
});

describe("a plain remote", () => {
  it("gets the revert pushed to its base branch where that is allowed, and only on top of what is there", async () => {
    const repository = plain(true);
    const plan = await planRevert(repository, bad);
    const { merge } = await proposeRevert(repository, plan, reasons, true);
    expect(merge?.outcome).toBe("merged");
    expect(fileAt("main")).toBe(GOOD);
  });

  it("is left to a human when somebody pushed meanwhile", async () => {
    const repository = plain(true);
    const plan = await planRevert(repository, bad);
    commit("Meanwhile", { "README.md": "Other\n" });
    expect((await proposeRevert(repository, plan, reasons, true)).merge?.outcome).toBe("left");
  });

  it("that is not there is named, without the credentials in its address", async () => {
    const gone = createPlainGitRepository({
      url: "http://user:hunter2hunter2@127.0.0.1:1/x.git",
      base: "main",
      patterns: ["**"],
      directory: join(directory, "gone"),
      pushToBase: false,
    });
    const error = await gone.head().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RepositoryError);
    expect(String(error)).not.toContain("hunter2");
    expect(gone.name).not.toContain("hunter2");
  });
});

describe("when GitHub", () => {
  it.each([
    ["fails once", { status: 502 }],
    ["asks to wait a moment", { status: 429, headers: { "retry-after": "0" } }],
    [
      "has had enough for a moment",
      { status: 403, message: "You have exceeded a secondary rate limit", headers: { "retry-after": "1" } },
    ],
    ["cuts the line once", "reset" as const],
  ])("%s, it is asked again", async (_name, fault) => {
    let left = 1;
    server.fault = (line) =>
      line.startsWith("GET /repos/acme/kong-config/git/trees") && left-- > 0 ? { fault } : null;
    const plan = await planRevert(github(), bad);
    expect(plan.patch.entities).toHaveLength(1);
  });

  it.each([
    ["asks for more patience than there is", { status: 429, headers: { "retry-after": "3600" } }, "rate_limited"],
    ["stays down", { status: 500 }, "unreachable"],
    ["does not answer", "hang" as const, "unreachable"],
    ["refuses the token", { status: 401 }, "unauthorized"],
    ["sends elsewhere", { status: 302, headers: { location: "http://169.254.169.254/" } }, "invalid"],
  ])("%s, it is told so and nothing was written", async (_name, fault, code) => {
    server.fault = () => ({ fault });
    const error = await planRevert(github({ timeout_ms: 200 }), bad).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "RepositoryError", code });
    expect(JSON.stringify(error)).not.toContain(GITHUB_TOKEN);
    expect(server.requests.every((line) => line.startsWith("GET"))).toBe(true);
  });

  it("loses the answer to any of its writes, the next run ends with one branch and one pull request", async () => {
    const writes = [
      "POST /repos/acme/kong-config/git/trees",
      "POST /repos/acme/kong-config/git/commits",
      "POST /repos/acme/kong-config/git/refs",
      "POST /repos/acme/kong-config/pulls",
    ];
    for (const write of writes) {
      const incident = `inc${writes.indexOf(write)}`;
      server.fault = (line) => (line === write ? { fault: { status: 401 }, after: true } : null);
      await proposeRevert(github(), await planRevert(github(), bad), { ...reasons, incident }, false).catch(
        () => undefined,
      );
      server.fault = () => null;
      const { proposal } = await proposeRevert(
        github(),
        await planRevert(github(), bad),
        { ...reasons, incident },
        false,
      );
      expect(server.pulls.filter(({ head }) => head === proposal?.branch)).toHaveLength(1);
      expect(fileAt(proposal!.branch)).toBe(GOOD);
    }
  });
});
