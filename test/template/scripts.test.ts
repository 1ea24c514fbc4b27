import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGitRepository, type GitRepository } from "../support/git-repository.ts";
import { createFakePrograms, type FakePrograms, runScript } from "../support/template.ts";

const GOOD = `_format_version: "3.0"\n_info: { select_tags: [gitops] }\nservices:\n  - name: echo\n    url: http://echo:1027\n`;
const BAD = GOOD.replace("http://echo:", "http://gone:");
const KONNECT = {
  KONG_TARGET: "konnect",
  KONNECT_TOKEN: "kpat_planted",
  KONNECT_CONTROL_PLANE: "production",
  KONG_ADMIN_URL: "http://127.0.0.1:1",
  KONG_ADMIN_TOKEN: "planted-admin",
};
const SELF_MANAGED = { ...KONNECT, KONG_TARGET: "admin-api" };
const DIFF = JSON.stringify({
  changes: {
    creating: [{ kind: "plugin", name: "request-termination (route: echo`\n# x)", body: { secret: "planted-body" } }],
    updating: [{ kind: "service", name: "echo" }],
    deleting: [{ kind: "key-auth", name: "planted-key for alice" }],
  },
});

let repository: GitRepository;
let fakes: FakePrograms;
let server: Server | null;

beforeEach(() => {
  repository = createGitRepository();
  repository.commit("Serve the echo", { "kong.yaml": GOOD });
  fakes = createFakePrograms(join(repository.directory, "bin"));
  fakes.add("deck", "");
  server = null;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  repository.remove();
});

const run = (name: string, args: string[] = [], env: Record<string, string> = {}) =>
  runScript(name, args, { cwd: repository.work, fakes, env });
const output = (name: string) => readFileSync(join(repository.work, name), "utf8");

interface Asked {
  path: string;
  authorization: string | undefined;
  body: { sha?: string; detail?: string; base?: unknown; head?: unknown };
}

/** An agent that gives one answer to everything; curl's arguments are kept as deck's are. */
async function startAgent(status: number, answer: object): Promise<{ env: Record<string, string>; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { authorization } = request.headers;
      asked.push({ path: request.url ?? "", authorization, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const curl = execFileSync("bash", ["-c", "command -v curl"]).toString().trim();
  fakes.add("curl", `exec ${curl} "$@"`);
  return { env: { THREAT_RESPONSE_URL: `http://127.0.0.1:${port}/`, THREAT_RESPONSE_TOKEN: "planted-token" }, asked };
}

describe("where decK is told to go", () => {
  it("is Konnect or a gateway of one's own, never both, and no token is an argument", async () => {
    expect(await run("sync.sh", [], KONNECT)).toMatchObject({ status: 0 });
    expect(fakes.calls("deck")).toEqual([["gateway", "sync", "./kong.yaml"]]);
    expect(fakes.environment("deck", "DECK_")).toEqual({
      DECK_ANALYTICS: "false",
      DECK_KONNECT_TOKEN: "kpat_planted",
      DECK_KONNECT_CONTROL_PLANE_NAME: "production",
      DECK_KONNECT_ADDR: "https://us.api.konghq.com",
    });
    expect(await run("backup.sh", ["before.yaml"], SELF_MANAGED)).toMatchObject({ status: 0 });
    expect(fakes.environment("deck", "DECK_")).toEqual({
      DECK_ANALYTICS: "false",
      DECK_KONG_ADDR: "http://127.0.0.1:1",
      DECK_KONG_ADMIN_TOKEN: "planted-admin",
    });
    expect(fakes.calls("deck").at(-1)).toEqual([
      "gateway",
      "dump",
      "--sanitize",
      "--with-id",
      "--yes",
      "--output-file",
      "before.yaml",
    ]);
    expect(fakes.calls("deck").join()).not.toContain("planted");
  });

  it.each([
    ["sync.sh", { ...KONNECT, KONG_TARGET: "both" }, "KONG_TARGET has to be"],
    ["sync.sh", { ...KONNECT, KONNECT_TOKEN: "" }, "KONNECT_TOKEN is empty"],
    ["backup.sh", { KONG_TARGET: "admin-api" }, "KONG_ADMIN_URL is empty"],
    ["sync.sh", { ...KONNECT, STATE_FILES: "gone/**/*.yaml" }, "no file matches"],
  ])("is said to be missing: %s", async (script, env, message) => {
    expect(await run(script, ["out"], env)).toMatchObject({ status: 1, text: expect.stringContaining(message) });
    expect(fakes.calls("deck")).toEqual([]);
  });

  it("takes every file that the patterns name, once", async () => {
    repository.commit("More", { "kong/a b.yaml": GOOD, "kong/deep/c.yaml": GOOD, "kong/notes.txt": "x" });
    await run("check-files.sh", [], { STATE_FILES: "kong.yaml,kong/**/*.yaml,*.yaml" });
    expect(fakes.calls("deck")[0]).toEqual([
      "file",
      "validate",
      "./kong.yaml",
      "./kong/a b.yaml",
      "./kong/deep/c.yaml",
    ]);
  });
});

describe("a sync", () => {
  it("is refused where it would delete what others have", async () => {
    repository.commit("Without tags", {
      "kong.yaml": GOOD.replace("_info: { select_tags: [gitops] }", "# select_tags:"),
    });
    expect(await run("sync.sh", [], KONNECT)).toMatchObject({
      status: 1,
      text: expect.stringContaining("select_tags"),
    });
    expect(fakes.calls("deck")).toEqual([]);
  });

  it("is refused while a commit in it is held", async () => {
    const bad = repository.commit("Move the echo", { "kong.yaml": BAD });
    const env = { ...KONNECT, KONG_HOLDS: JSON.stringify([{ sha: bad, until: 4_000_000_000, incident: "inc-1" }]) };
    expect(await run("sync.sh", [], env)).toMatchObject({ status: 1, text: expect.stringContaining(`${bad} is held`) });
    expect(fakes.calls("deck")).toEqual([]);
  });
});

describe("holds", () => {
  const hold = (sha: string, until = 4_000_000_000) => ({
    KONG_HOLDS: JSON.stringify([{ sha, until, incident: "inc-1" }]),
  });
  const revert = (sha: string, files: Record<string, string>, name = "it") =>
    repository.commit(`Revert ${name}\n\nThis reverts commit ${sha}.\n`, files);
  const later = { "kong.yaml": `${BAD}plugins: [{ name: cors }]\n` };

  it("stop the commit and what comes after it, by the variable and by refs of the remote", async () => {
    const bad = repository.commit("Move the echo", { "kong.yaml": BAD });
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 1 });
    repository.commit("Something else", later);
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 1 });
    expect(await run("check-holds.sh", ["HEAD~2"], hold(bad))).toMatchObject({ status: 0 });
    expect(await run("check-holds.sh")).toMatchObject({ status: 0 });
    repository.git("push", "-q", "origin", `${bad}:refs/threat-response/holds/${bad}/4000000000/inc-2`);
    expect(await run("check-holds.sh")).toMatchObject({ status: 1, text: expect.stringContaining("incident inc-2") });
  });

  it("end with their time, and do not concern what is not in", async () => {
    const bad = repository.commit("Move the echo", { "kong.yaml": BAD });
    expect(await run("check-holds.sh", [], hold(bad, 1_000_000_000))).toMatchObject({ status: 0 });
    expect(await run("check-holds.sh", [], hold("0".repeat(40)))).toMatchObject({ status: 0 });
  });

  it("let the revert pass, also among later commits, and stop the revert of the revert", async () => {
    const bad = repository.commit("Move the echo", { "kong.yaml": BAD });
    repository.commit("Something else", later);
    const undone = revert(bad, { "kong.yaml": later["kong.yaml"].replace("gone", "echo") });
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 0 });
    const again = revert(undone, later, "the revert");
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 1 });
    revert(again, { "kong.yaml": GOOD.replace("1027", "1028") }, "once more");
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 0 });
  });

  it("believe the files more than a message", async () => {
    const bad = repository.commit("Move the echo", { "kong.yaml": BAD });
    revert(bad, { "README.md": "nothing was taken back" });
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 1 });
    repository.commit("Put it back by hand", { "kong.yaml": GOOD });
    expect(await run("check-holds.sh", [], hold(bad))).toMatchObject({ status: 0 });
  });

  it("that cannot be read are never taken for none", async () => {
    expect(await run("check-holds.sh", [], { KONG_HOLDS: "[{" })).toMatchObject({ status: 1 });
    expect(await run("check-holds.sh", [], { KONG_HOLDS: '[{"sha":"x","until":"soon"}]' })).toMatchObject({
      status: 1,
    });
    repository.git("remote", "set-url", "origin", join(repository.directory, "gone.git"));
    expect(await run("check-holds.sh")).toMatchObject({ status: 1, text: expect.stringContaining("cannot be read") });
  });

  it("need the whole history", async () => {
    const shallow = join(repository.directory, "shallow");
    execFileSync("git", ["clone", "-q", "--depth", "1", `file://${repository.remote}`, shallow], { stdio: "pipe" });
    repository.commit("Something else", later);
    const ran = await runScript("check-holds.sh", [], { cwd: shallow, fakes });
    expect(ran).toMatchObject({ status: 1, text: expect.stringContaining("fetch-depth: 0") });
  });
});

describe("what a sync would change", () => {
  it("is told by kind and name, without values, credentials or markup", async () => {
    fakes.add("deck", `if [ "$2" = diff ]; then cat <<'J'\n${DIFF}\nJ\nfi`);
    expect(await run("gateway-diff.sh", ["out.md"], KONNECT)).toMatchObject({ status: 0 });
    expect(fakes.calls("deck")).toEqual([
      ["gateway", "validate", "--konnect-compatibility", "./kong.yaml"],
      ["gateway", "diff", "--json-output", "./kong.yaml"],
    ]);
    expect(output("out.md").split("\n")).toEqual([
      "### What a sync would change",
      "- creates plugin `request-termination (route: echo# x)`",
      "- changes service `echo`",
      "- deletes key-auth",
      "",
    ]);
  });

  it.each([
    [0, 0, "has what the files say"],
    [2, 1, "- changes service `echo`"],
    [1, 1, null],
  ])("is drift when nobody merged it: decK ends with %d", async (ends, status, told) => {
    fakes.add("deck", `cat <<'J'\n${DIFF}\nJ\nexit ${ends}`);
    expect(await run("check-drift.sh", ["out.md"], SELF_MANAGED)).toMatchObject({ status });
    if (told !== null) expect(output("out.md")).toContain(told);
  });
});

describe("the agent", () => {
  const sides = () => {
    for (const [side, text] of [
      ["base", GOOD],
      ["head", BAD],
    ] as const) {
      mkdirSync(join(repository.work, side));
      writeFileSync(join(repository.work, side, "kong.yaml"), text);
    }
  };
  const REPLAY = { verdict: "breaks", markdown: "would answer 503 on 100 % of echo-route" };

  it("replays the change, and a broken route does not pass", async () => {
    sides();
    const { env, asked } = await startAgent(200, REPLAY);
    expect(await run("replay.sh", ["base", "head", "out.md"], env)).toMatchObject({ status: 1 });
    expect(output("out.md")).toContain("would answer 503 on 100 % of echo-route");
    expect(asked).toEqual([
      {
        path: "/v1/replays",
        authorization: "Bearer planted-token",
        body: { base: [{ path: "kong.yaml", text: GOOD }], head: [{ path: "kong.yaml", text: BAD }], detail: "counts" },
      },
    ]);
    expect(fakes.calls("curl").join()).not.toContain("planted");
  });

  it.each([
    ["private", "examples"],
    ["internal", "counts"],
    ["public", "counts"],
  ])("is asked for recorded paths in private repositories only: %s", async (visibility, detail) => {
    sides();
    const { env, asked } = await startAgent(200, { ...REPLAY, verdict: "changes" });
    const ran = await run("replay.sh", ["base", "head", "out.md"], { ...env, REPOSITORY_VISIBILITY: visibility });
    expect([ran.status, asked[0]?.body.detail]).toEqual([0, detail]);
  });

  it("that does not answer stops nothing, unless that is wanted", async () => {
    sides();
    const { env } = await startAgent(502, { error: { message: "The gateway's configuration cannot be read" } });
    expect(await run("replay.sh", ["base", "head", "out.md"], env)).toMatchObject({ status: 0 });
    expect(output("out.md")).toContain("The agent did not answer: The gateway's configuration cannot be read");
    const strict = await run("replay.sh", ["base", "head", "out.md"], { ...env, REPLAY_REQUIRED: "true" });
    expect(strict.status).toBe(1);
  });

  it("is told which commit was applied, and need not listen", async () => {
    const { env, asked } = await startAgent(201, {});
    const given = { ...env, GITHUB_ACTOR: "dev", MARK_NOTE: 'run "1"' };
    expect(await run("mark-change.sh", [], given)).toMatchObject({ status: 0 });
    const sha = repository.git("rev-parse", "HEAD");
    expect(asked[0]).toMatchObject({ path: "/v1/changes", body: { sha, actor: "dev", note: 'run "1"' } });
    const silent = { ...given, THREAT_RESPONSE_URL: "http://127.0.0.1:1" };
    expect(await run("mark-change.sh", [], silent)).toMatchObject({
      status: 0,
      text: expect.stringContaining("::warning::"),
    });
    expect(await run("mark-change.sh")).toMatchObject({ status: 0, text: expect.stringContaining("No agent") });
  });
});

describe("a pull request", () => {
  const env = { GITHUB_REPOSITORY: "acme/kong", PULL_REQUEST: "7", GH_TOKEN: "planted-token" };
  const body = () => JSON.parse(readFileSync(join(fakes.directory, "body"), "utf8")).body as string;
  const gh = (comments: object[]) =>
    fakes.add(
      "gh",
      `case "$*" in *--paginate*) cat <<'J'\n${JSON.stringify(comments)}\nJ\n;; *) cat >'${fakes.directory}/body' ;; esac`,
    );

  it("gets one comment of a name, which is replaced; others' comments stay", async () => {
    writeFileSync(join(repository.work, "out.md"), 'It "changes" `echo`\n');
    const ours = "<!-- threat-response: diff -->";
    gh([{ id: 3, user: { type: "User" }, body: ours }]);
    await run("comment.sh", ["diff", "out.md"], env);
    expect(fakes.calls("gh").at(-1)).toEqual([
      "api",
      "--method",
      "POST",
      "repos/acme/kong/issues/7/comments",
      "--input",
      "-",
    ]);
    expect(body()).toBe(`${ours}\nIt "changes" \`echo\`\n`);
    gh([{ id: 4, user: { type: "Bot" }, body: `${ours}\nold` }]);
    await run("comment.sh", ["diff", "out.md"], env);
    expect(fakes.calls("gh").at(-1)).toEqual([
      "api",
      "--method",
      "PATCH",
      "repos/acme/kong/issues/comments/4",
      "--input",
      "-",
    ]);
    expect(fakes.calls("gh").join()).not.toContain("planted");
  });

  const head = "a".repeat(40);
  const merge = { ...env, HEAD_SHA: head };
  const MERGE = ["pr", "merge", "7", "--repo", "acme/kong", "--squash", "--match-head-commit", head];

  it("is merged as the commit that was verified, when its checks pass, or at once where none are pending", async () => {
    fakes.add("gh", "");
    expect(await run("merge-revert.sh", [], merge)).toMatchObject({ status: 0 });
    expect(fakes.calls("gh")).toEqual([[...MERGE, "--auto"]]);
    fakes.add("gh", 'case "$*" in *--auto) echo "Pull request is in clean status"; exit 1 ;; esac');
    expect(await run("merge-revert.sh", [], merge)).toMatchObject({ status: 0 });
    expect(fakes.calls("gh").slice(1)).toEqual([[...MERGE, "--auto"], MERGE]);
  });

  it("is left alone when GitHub says no, and when it is not named by a commit", async () => {
    fakes.add("gh", "echo 'Required reviews are missing'; exit 1");
    expect(await run("merge-revert.sh", [], merge)).toMatchObject({ status: 1 });
    expect(await run("merge-revert.sh", [], { ...merge, HEAD_SHA: "main" })).toMatchObject({ status: 1 });
    expect(fakes.calls("gh")).toHaveLength(1);
  });
});

describe("the agent's own commands, in a workflow", () => {
  const cli = { THREAT_RESPONSE_CLI: new URL("../../dist/agent/src/main.js", import.meta.url).pathname };

  it("find a revert to be one, and a change that only says so not", async () => {
    const bad = repository.commit("Move the echo", { "kong.yaml": BAD });
    const propose = (branch: string, text: string, message = `Revert it\n\nThis reverts commit ${bad}.`) => {
      repository.git("checkout", "-q", "-b", branch, "main");
      const sha = repository.commit(message, { "kong.yaml": text });
      repository.git("checkout", "-q", "main");
      repository.git("branch", "-q", "-D", branch);
      return { ...cli, HEAD_SHA: sha, BASE_REF: "main" };
    };
    expect(await run("verify-revert.sh", [], propose("right", GOOD))).toMatchObject({
      status: 0,
      text: `It takes back exactly ${bad}.\n`,
    });
    const wrong = await run("verify-revert.sh", [], propose("wrong", GOOD.replace("1027", "1")));
    expect(wrong).toMatchObject({ status: 1, text: expect.stringContaining("is not the inverse") });
    const silent = await run("verify-revert.sh", [], propose("silent", GOOD, "Tidy up"));
    expect(silent).toMatchObject({ status: 1, text: expect.stringContaining("exactly once") });
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("tell protection that goes, by the files alone", async () => {
    for (const [side, more] of [
      ["base", "plugins: [{ name: key-auth }]\n"],
      ["head", ""],
    ] as const) {
      mkdirSync(join(repository.work, side));
      writeFileSync(join(repository.work, side, "kong.yaml"), GOOD + more);
    }
    expect(await run("check-security.sh", ["base", "head", "out.md"], cli)).toMatchObject({ status: 1 });
    expect(output("out.md")).toContain("key-auth is removed");
    expect(await run("check-security.sh", ["head", "base", "out.md"], cli)).toMatchObject({ status: 0 });
  });
});
