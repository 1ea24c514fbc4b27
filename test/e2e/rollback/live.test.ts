import { execFileSync } from "node:child_process";
import { verify } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalJson } from "../../../agent/src/canonical-json.ts";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { temporaryDirectory } from "../../support/processes.ts";
import { ROUTE_IDS } from "../entities.ts";
import { testPolicy } from "../policy.ts";
import { startWorld, type World } from "../world.ts";

const PATIENCE_MS = 90_000;
const TERMINATION = { name: "request-termination", config: { status_code: 503, message: "maintenance" } };
const STATE = `_format_version: "3.0"\nservices:\n  - name: shop\n    routes:\n      - name: search\n        paths: [/search]\n      - name: orders\n        paths: [/orders]\n`;
const BROKEN = STATE.replace(
  "        paths: [/search]\n",
  "        paths: [/search]\n        plugins:\n          - name: request-termination\n            config:\n              status_code: 503\n",
);

let world: World;
let folder: ReturnType<typeof temporaryDirectory>;
let traffic: { stop: () => Promise<void> };

const git = (...args: string[]) =>
  execFileSync(
    "git",
    ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false", ...args],
    { cwd: join(folder.path, "work"), stdio: "pipe" },
  )
    .toString()
    .trim();

function commit(text: string, message: string): string {
  writeFileSync(join(folder.path, "work", "kong.yaml"), text);
  git("add", "-A");
  git("commit", "-q", "-m", message);
  git("push", "-q", "origin", "HEAD:main");
  return git("rev-parse", "HEAD");
}

/** Ten clients that go on and on, on two routes. */
function startTraffic(): typeof traffic {
  let on = true;
  const client = async (i: number) => {
    while (on) {
      await world
        .send({ from: `192.0.2.${i + 1}`, target: i % 2 ? "/search?q=lamp" : "/orders" })
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const clients = Array.from({ length: 10 }, (_, i) => client(i));
  return {
    stop: async () => {
      on = false;
      await Promise.all(clients);
    },
  };
}

const admin = (method: string, path: string, body?: object) =>
  call(`${world.gateway.adminUrl}${path}`, { method, ...(body === undefined ? {} : { body }) });
const rollbacks = async () => (await world.agent.get("/v1/rollbacks")).json.rollbacks;
const untilRollback = (fits: (rollback: { status: string; routes: string[] }) => boolean) =>
  eventually(
    async () => {
      const all = await rollbacks();
      const found = all.find(fits);
      if (!found) throw new Error(`no such rollback among ${JSON.stringify(all)}`);
      return found;
    },
    PATIENCE_MS,
    250,
  );

beforeAll(async () => {
  folder = temporaryDirectory("kong-config");
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", join(folder.path, "remote.git")]);
  execFileSync("git", ["clone", "-q", join(folder.path, "remote.git"), join(folder.path, "work")], { stdio: "pipe" });
  git("checkout", "-q", "-b", "main");
  commit(STATE, "Serve search and orders");
  world = await startWorld({
    database: true,
    policy: { ...testPolicy(), rollback: { mode: "live", merge: true } },
    agent: { GIT_REMOTE_URL: join(folder.path, "remote.git"), GIT_PUSH_TO_BRANCH: "true" },
  });
  traffic = startTraffic();
  // What is usual has to be known before anything breaks.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
});
afterAll(async () => {
  await traffic?.stop();
  await world?.stop();
  folder?.remove();
});

describe("a commit that stops a route", () => {
  test("is found, taken back on the gateway and in git, held, and its recovery is proved", async () => {
    const sha = commit(BROKEN, "Maintenance of the search");
    const placed = await admin("POST", `/routes/${ROUTE_IDS.search}/plugins`, TERMINATION);
    expect(placed.status).toBe(201);
    expect((await world.agent.post("/v1/changes", { sha, actor: "ci", note: "synced" })).status).toBe(201);

    const found = await untilRollback(({ status }) => status === "recovered");
    expect(found.routes).toEqual([ROUTE_IDS.search]);
    expect(found.suspects[0].culprits[0]).toMatchObject({ type: "plugins", op: "added" });
    expect((await admin("GET", `/plugins/${placed.json.id}`)).status).toBe(404);
    expect((await world.send({ from: "192.0.2.200", target: "/search?q=lamp" })).status).toBe(200);

    const { statement, signature, public_key } = found.proof;
    expect(statement.before.errors).toBeGreaterThan(0);
    expect(statement.after.errors).toBe(0);
    const key = { key: Buffer.from(public_key, "base64"), format: "der", type: "spki" } as const;
    expect(verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, "base64"))).toBe(true);

    await eventually(() => {
      git("fetch", "-q", "origin");
      expect(git("show", "origin/main:kong.yaml")).toBe(STATE.trim());
    }, PATIENCE_MS);
    expect(git("ls-remote", "origin", "refs/threat-response/holds/*")).toContain(sha);

    const { json } = await world.agent.get("/v1/changes");
    expect(
      json.changes.some((change: { markers: { sha: string }[] }) =>
        change.markers.some((marker) => marker.sha === sha),
      ),
    ).toBe(true);
  });
});

describe("a change that protects", () => {
  test("is never taken back by itself, however many errors it makes: a human is asked", async () => {
    const placed = await admin("POST", `/routes/${ROUTE_IDS.orders}/plugins`, { name: "key-auth" });
    expect(placed.status).toBe(201);
    const found = await untilRollback(({ routes }) => routes.includes(ROUTE_IDS.orders));
    expect(found).toMatchObject({ status: "proposed" });
    expect(found.reason).toContain("may protect");
    expect((await admin("GET", `/plugins/${placed.json.id}`)).status).toBe(200);
    await admin("DELETE", `/plugins/${placed.json.id}`);
  });
});
