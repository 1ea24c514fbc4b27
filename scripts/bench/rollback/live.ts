/**
 * The way through a running gateway and git: the real agent, a gateway, and a server that speaks GitHub's API over a real repository. Commits
 * stop one route after the other while clients go on; measured from the end of the slot that settled the alarm, so with what nodes take to
 * report and the agent to notice.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../../../demo/random.ts";
import { ROUTE_IDS } from "../../../test/e2e/entities.ts";
import { testPolicy } from "../../../test/e2e/policy.ts";
import { startWorld, type World } from "../../../test/e2e/world.ts";
import { GITHUB_TOKEN, type GithubServer, startGithubServer } from "../../../test/support/github-server.ts";
import { call } from "../../../test/support/http.ts";
import { temporaryDirectory } from "../../../test/support/processes.ts";
import { type Measure, measured, median } from "../measures.ts";

const ROUTES = ["search", "orders", "users"] as const;
type Route = (typeof ROUTES)[number];
const WARM_UP_MS = 12_000;
const PATIENCE_MS = 90_000;
const LOOK_MS = 25;
const POLICY = { mode: "live", merge: true, cooldown_s: 0, max_per_hour: 100, max_per_day: 100 };

/** Seconds. */
interface Times {
  decided: number;
  restored: number;
  opened: number;
}

interface Scene {
  world: World;
  github: GithubServer;
  git: (...args: string[]) => string;
  folder: string;
  /** What each route answered last. */
  last: Map<Route, number>;
}

export async function liveMeasures(seed: number, repetitions: number): Promise<Measure[]> {
  const folder = temporaryDirectory("rollback-bench");
  const stops: (() => Promise<unknown> | unknown)[] = [folder.remove];
  try {
    const scene = await startScene(folder.path, stops);
    const times = await playAll(scene, seed, repetitions);
    const decided = times.map((one) => one.decided);
    const restored = times.map((one) => one.restored);
    const opened = times.map((one) => one.opened);
    return [
      measured("alarm → decision, what nodes take to report included, median", median(decided), "s"),
      measured("alarm → traffic restored live, median", median(restored), "s", 3),
      measured("alarm → traffic restored live, worst", Math.max(...restored), "s"),
      measured("alarm → revert pull request open, median", median(opened), "s", 10),
      measured("alarm → revert pull request open, worst", Math.max(...opened), "s"),
      measured("rollbacks that could have asked a model", (await hasModel(scene)) ? times.length : 0, "", 0),
    ];
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** The agent has no key: whatever it did, it did without. */
const hasModel = async ({ world }: Scene): Promise<boolean> =>
  (await world.agent.get("/v1/status")).json.claude.enabled !== false;

async function startScene(folder: string, stops: (() => Promise<unknown> | unknown)[]): Promise<Scene> {
  const bare = join(folder, "remote.git");
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", bare]);
  execFileSync("git", ["clone", "-q", bare, join(folder, "work")], { stdio: "pipe" });
  const identity = ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false"];
  const git = (...args: string[]) =>
    execFileSync("git", [...identity, ...args], { cwd: join(folder, "work"), stdio: "pipe" })
      .toString()
      .trim();
  git("checkout", "-q", "-b", "main");
  commit({ folder, git }, stateFile(null), "Serve the shop");
  const github = await startGithubServer(bare);
  stops.push(github.close);
  // No checks are pending there.
  github.autoMergeRefusal = "Pull request is in clean status";
  const world = await startWorld({
    database: true,
    policy: { ...testPolicy(), rollback: POLICY },
    agent: {
      GITHUB_REPOSITORY: "acme/kong-config",
      GITHUB_TOKEN,
      GITHUB_API_URL: github.url,
    },
  });
  stops.push(world.stop);
  return { world, github, git, folder, last: new Map() };
}

function stateFile(broken: Route | null): string {
  const routes = ROUTES.map((name) => {
    const plugin =
      "        plugins:\n          - name: request-termination\n            config:\n              status_code: 503\n";
    return `      - name: ${name}\n        paths: [/${name}]\n${name === broken ? plugin : ""}`;
  });
  return `_format_version: "3.0"\nservices:\n  - name: shop\n    routes:\n${routes.join("")}`;
}

function commit({ folder, git }: Pick<Scene, "folder" | "git">, text: string, message: string): string {
  writeFileSync(join(folder, "work", "kong.yaml"), text);
  git("add", "-A");
  git("commit", "-q", "-m", message);
  git("push", "-q", "origin", "HEAD:main");
  return git("rev-parse", "HEAD");
}

async function playAll(scene: Scene, seed: number, repetitions: number): Promise<Times[]> {
  const stopClients = startClients(scene);
  try {
    await sleep(WARM_UP_MS);
    const first = seeded(seed).between(0, ROUTES.length - 1);
    const times: Times[] = [];
    for (let i = 0; i < repetitions; i++)
      times.push(await playOne(scene, ROUTES[(first + i) % ROUTES.length] as Route, i));
    return times;
  } finally {
    await stopClients();
  }
}

/** Twelve clients, four requests a second each, over all routes. */
function startClients({ world, last }: Scene): () => Promise<void> {
  let on = true;
  const client = async (i: number) => {
    const route = ROUTES[i % ROUTES.length] as Route;
    while (on) {
      const answer = await world.send({ from: `192.0.2.${i + 1}`, target: targetOf(route) }).catch(() => null);
      last.set(route, answer?.status ?? 0);
      await sleep(250);
    }
  };
  const clients = Array.from({ length: 12 }, (_, i) => client(i));
  return async () => {
    on = false;
    await Promise.all(clients);
  };
}

const targetOf = (route: Route) => (route === "search" ? "/search?q=lamp" : `/${route}`);

async function playOne(scene: Scene, route: Route, n: number): Promise<Times> {
  const { world, github, git, last } = scene;
  git("fetch", "-q", "origin");
  git("reset", "-q", "--hard", "origin/main");
  // More requests to find out would be a surge, and make the agent doubt.
  const isOk = async () => last.get(route) === 200;
  const sha = commit(scene, stateFile(route), `Maintenance of ${route}, ${n}`);
  const pulls = github.pulls.length;
  const config = { status_code: 503, message: `maintenance ${n}` };
  await call(`${world.gateway.adminUrl}/routes/${ROUTE_IDS[route]}/plugins`, {
    method: "POST",
    body: { name: "request-termination", config },
  });
  await world.agent.post("/v1/changes", { sha, actor: "ci", note: "synced" });
  await momentOf(async () => !(await isOk()));
  const [restored, opened] = await Promise.all([momentOf(isOk), momentOf(async () => github.pulls.length > pulls)]);
  const rollback = await provedRollback(world, ROUTE_IDS[route]);
  // The next commit comes after the revert.
  await momentOf(async () => github.pulls[pulls]?.merged === true);
  const alarm = rollback.alarm.at;
  return {
    decided: (rollback.created_at - alarm) / 1000,
    restored: (restored - alarm) / 1000,
    opened: (opened - alarm) / 1000,
  };
}

/** When it became true. */
async function momentOf(look: () => Promise<boolean>): Promise<number> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    if (await look().catch(() => false)) return Date.now();
    await sleep(LOOK_MS);
  }
  throw new Error("it did not come to that within its time");
}

interface Proved {
  alarm: { at: number };
  created_at: number;
}

async function provedRollback(world: World, route: string): Promise<Proved> {
  let found: Proved | undefined;
  await momentOf(async () => {
    const { rollbacks } = (await world.agent.get("/v1/rollbacks")).json;
    found = rollbacks.find(
      (one: { status: string; routes: string[] }) => one.status === "recovered" && one.routes.includes(route),
    );
    return found !== undefined;
  });
  return found as Proved;
}
