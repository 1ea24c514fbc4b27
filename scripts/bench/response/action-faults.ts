/** Every action while the Admin API fails or somebody else edits the same, and every action on the gateway itself. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ACTION_CASES, type ActionCase } from "../../../test/support/action-cases.ts";
import {
  type Call,
  type FaultWorld,
  type HowLong,
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

/** All there are for one action: each call, each fault, once and as long as it is tried, and an editor at each call. */
function casesOf(world: FaultWorld, one: ActionCase, usual: Undisturbed, where: string): Case[] {
  const fault = (phase: Phase, call: Call, kind: string, times: HowLong): Case => ({
    name: `${one.type} ${where}, ${phase}, ${kind} at ${call.line}`,
    run: () => tryFault(world, one, usual, { phase, call, fault: kind, times }),
  });
  const faults = (["apply", "undo"] as const).flatMap((phase) =>
    usual.calls[phase].flatMap((call) =>
      Object.keys(FAULTS).flatMap((kind) => ([1, 9] as const).map((times) => fault(phase, call, kind, times))),
    ),
  );
  // A document is posted whole: what somebody posts in the same moment is told, and made up for by what comes next.
  const calls = world.isDbless ? [] : usual.calls.apply;
  const editors = calls.map((call) => ({
    name: `${one.type} ${where}, somebody edits before ${call.line}`,
    run: () => tryEditor(world, one, usual, call),
  }));
  return [...faults, ...editors];
}

function shuffled<T>(random: BenchOptions["random"], list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, key: random.between(0, 1_000_000) }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}

/** As many of them as fit into the time, drawn by the seed; all actions get their turn. */
export async function actionFaults({ random, quick, say }: BenchOptions): Promise<Row> {
  const worlds = [await startFaultWorld(false), await startFaultWorld(true)];
  const until = Date.now() + (quick ? 30_000 : 150_000);
  const wrong: string[] = [];
  let all = 0;
  let run = 0;
  try {
    const piles: Case[][] = [];
    for (const world of worlds) {
      for (const one of ACTION_CASES) {
        const cases = casesOf(
          world,
          one,
          await undisturbed(world, one),
          world.isDbless ? "in a document" : "by entity",
        );
        piles.push(shuffled(random, cases));
        all += cases.length;
      }
    }
    for (let round = 0; Date.now() < until && piles.some((pile) => pile.length > round); round++) {
      for (const { name, run: attempt } of piles.flatMap((pile) => pile[round] ?? [])) {
        const why = await attempt();
        run++;
        if (why !== null) wrong.push(`${name}: ${why}`);
      }
    }
  } finally {
    for (const world of worlds) await world.stop();
  }
  for (const one of wrong.slice(0, 20)) say(`  ${one}`);
  const kinds = Object.keys(FAULTS).length;
  const note = `${run} cases of ${all}, drawn by the seed: ${kinds} faults, once and for good, and a concurrent editor but between comparing and writing`;
  return row(NAME, wrong.length, "cases", 0, { note });
}

/** As the end-to-end suite does it. */
export function everyAction(gateway: string): Row {
  const files = ["test/e2e/actions.test.ts", "test/e2e/response/decision-kinds.test.ts"];
  const args = ["tsx", join(ROOT, "test", "e2e", "main.ts"), "--gateway", gateway, ...files];
  const { stdout } = spawnSync("npx", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [, passed, failed] = /^(\d+) passed, (\d+) failed\s*$/m.exec(stdout ?? "") ?? [];
  if (passed === undefined || Number(passed) + Number(failed) === 0)
    return notMeasured(EVERY, "tests", 0, `the end-to-end suite did not run: ${(stdout ?? "").slice(-200)}`);
  return row(EVERY, Number(failed), "tests", 0, { note: `${passed} passed, ${files.join(", ")}` });
}
