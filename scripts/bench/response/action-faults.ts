/** Every action while the Admin API fails or somebody else edits the same, and every action on the gateway itself. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ACTION_KINDS } from "../../../agent/src/actions/index.ts";
import type { Random } from "../../../demo/random.ts";
import { ACTION_CASES, type ActionCase } from "../../../test/support/action-cases.ts";
import {
  type Call,
  type FaultWorld,
  isListing,
  type Phase,
  startFaultWorld,
  tryEditor,
  tryFault,
  type Undisturbed,
  undisturbed,
} from "../../../test/support/action-faults.ts";
import { FAULTS } from "../../../test/support/admin-server.ts";
import { type BenchOptions, notMeasured, type Row, row } from "./row.ts";

const NAME = "Admin API faults at every call of every action: states between before and after, edits lost";
const EVERY = "every action applied, verified and undone on this gateway: failed";
const ROOT = join(import.meta.dirname, "..", "..", "..");

interface Case {
  name: string;
  run: () => Promise<string | null>;
}

/**
 * Each call of one action, taking back included, with each fault, met once or for good as the seed has it, and an editor before each call. Reads of
 * whole lists are all alike: one of them stands for all.
 */
function casesOf(world: FaultWorld, one: ActionCase, usual: Undisturbed, random: Random): Case[] {
  const where = world.isDbless ? "in a document" : "by entity";
  const callsOf = (phase: Phase): Call[] => {
    const lists = usual.calls[phase].filter(isListing);
    return [
      ...usual.calls[phase].filter((call) => !isListing(call)),
      ...(lists.length > 0 ? [random.pick(lists)] : []),
    ];
  };
  const faults = (["apply", "undo"] as const).flatMap((phase) =>
    callsOf(phase).flatMap((call) =>
      Object.keys(FAULTS).map((fault) => {
        const times = random.pick([1, 9] as const);
        const name = `${one.type} ${where}, ${phase}, ${fault} ${times === 1 ? "once" : "for good"} at ${call.line}`;
        return { name, run: () => tryFault(world, one, usual, { phase, call, fault, times }) };
      }),
    ),
  );
  // A document is posted whole: what somebody posts in the same moment is told, and made up for by what comes next.
  const editors = (world.isDbless ? [] : callsOf("apply")).map((call) => ({
    name: `${one.type} ${where}, somebody edits before ${call.line}`,
    run: () => tryEditor(world, one, usual, call),
  }));
  return [...faults, ...editors];
}

async function byEntity(world: FaultWorld, random: Random): Promise<Case[]> {
  const cases: Case[] = [];
  for (const one of ACTION_CASES) cases.push(...casesOf(world, one, await undisturbed(world, one), random));
  return cases;
}

/** A document is posted whole, whatever the action is: one that makes something and one that edits, drawn by the seed, show it. */
async function inDocument(world: FaultWorld, random: Random): Promise<Case[]> {
  const byOp = new Map<string, Case[]>();
  for (const one of shuffled(random, ACTION_CASES)) {
    if (ACTION_KINDS[one.type].needs === "feed" || byOp.size === 2) continue;
    const usual = await undisturbed(world, one);
    const op = usual.changes[0]?.change.op ?? "none";
    if (!byOp.has(op)) byOp.set(op, casesOf(world, one, usual, random));
  }
  return [...byOp.values()].flat();
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, key: random.next() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}

const QUICK_MS = 30_000;

/** All of them; with `--quick` as many as fit into half a minute, drawn by the seed. */
export async function actionFaults({ random, quick, say }: BenchOptions): Promise<Row> {
  const worlds = [await startFaultWorld(false), await startFaultWorld(true)] as const;
  const wrong: string[] = [];
  let run = 0;
  let all: Case[] = [];
  try {
    all = shuffled(random, [...(await byEntity(worlds[0], random)), ...(await inDocument(worlds[1], random))]);
    const until = quick ? Date.now() + QUICK_MS : Number.POSITIVE_INFINITY;
    for (const { name, run: attempt } of all) {
      if (Date.now() > until) break;
      const why = await attempt();
      run++;
      if (why !== null) wrong.push(`${name}: ${why}`);
    }
  } finally {
    for (const world of worlds) await world.stop();
  }
  for (const one of wrong.slice(0, 20)) say(`  ${one}`);
  const kinds = Object.keys(FAULTS).length;
  const note = `${run} cases of ${all.length}: ${kinds} faults at each call (of reads of whole lists at one), a concurrent editor before each`;
  if (run === 0) return notMeasured(NAME, "cases", 0, note);
  return row(NAME, wrong.length, "cases", 0, { note });
}

/** As the end-to-end suite does it. */
export function everyAction(gateway: string): Row {
  const files = [
    "test/e2e/actions.test.ts",
    "test/e2e/response/decision-kinds.test.ts",
    "test/e2e/overlay-route.test.ts",
    "test/e2e/overlay-dbless.test.ts",
  ];
  const args = ["tsx", join(ROOT, "test", "e2e", "main.ts"), "--gateway", gateway, ...files];
  const { stdout } = spawnSync("npx", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [, passed, failed] = /^(\d+) passed, (\d+) failed\s*$/m.exec(stdout ?? "") ?? [];
  if (passed === undefined || Number(passed) + Number(failed) === 0)
    return notMeasured(EVERY, "tests", 0, `the end-to-end suite did not run: ${(stdout ?? "").slice(-200)}`);
  return row(EVERY, Number(failed), "tests", 0, { note: `${passed} passed, ${files.join(", ")}` });
}
