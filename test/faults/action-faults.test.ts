import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACTION_CASES } from "../support/action-cases.ts";
import {
  type Call,
  type FaultWorld,
  isListing,
  startFaultWorld,
  tryEditor,
  tryFault,
  undisturbed,
} from "../support/action-faults.ts";
import { FAULTS } from "../support/admin-server.ts";

const KINDS = Object.keys(FAULTS);
/** Goes on from action to action: so all kinds of faults meet all kinds of calls. */
let turn = 0;

describe.each([
  ["with a database", false],
  ["without a database", true],
])("on a gateway %s, every action", (_name, isDbless) => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await startFaultWorld(isDbless);
  });
  afterAll(() => world.stop());

  // A document is posted whole, whatever the action is: one that makes something and one that edits show it.
  const cases = ACTION_CASES.filter(({ type }) => !isDbless || type === "require_key" || type === "restrict_route");
  it.each(cases.map((one) => [`${one.type} ${JSON.stringify(one.target)}`, one] as const))(
    "is done or not done, whatever call fails, and loses nobody's edit: %s",
    async (_case, one) => {
      const usual = await undisturbed(world, one);
      const wrong: string[] = [];
      for (const phase of ["apply", "undo"] as const) {
        for (const call of usual.calls[phase].filter((each) => !isListing(each))) {
          const fault = KINDS[turn++ % KINDS.length]!;
          const why = await tryFault(world, one, usual, { phase, call, fault, times: turn % 2 === 0 ? 1 : 9 });
          if (why !== null) wrong.push(`${fault} at ${phase}, ${call.line}: ${why}`);
        }
      }
      const isEdited = (call: Call) => /^(PUT|PATCH|GET) .*-/.test(call.line) && !isListing(call);
      for (const call of isDbless ? [] : usual.calls.apply.filter(isEdited)) {
        const why = await tryEditor(world, one, usual, call);
        if (why !== null) wrong.push(`somebody edits before ${call.line}: ${why}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});
