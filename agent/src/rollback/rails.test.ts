import { describe, expect, it } from "vitest";
import { rollbackRow } from "../../../test/support/rollback.ts";
import type { EntityDiff } from "./history/diff.ts";
import { isSameContent } from "./rails.ts";

const added = (id: string, route: string): EntityDiff => ({
  type: "plugins",
  id,
  name: "plugin request-termination",
  op: "added",
  before: null,
  after: {
    id,
    name: "request-termination",
    route: { id: route },
    config: { status_code: 503 },
    created_at: Date.now(),
  },
  fields: [],
});
const moved = (host: string): EntityDiff => ({
  type: "services",
  id: "s",
  name: "service shop",
  op: "changed",
  before: { id: "s", host: "shop.internal" },
  after: { id: "s", host },
  fields: ["host"],
});
const suspectOf = (diff: EntityDiff) => ({ change: "another", score: 1, culprits: [diff], reasons: [] });

describe("the same change once more", () => {
  it.each([
    ["with a new id", added("p-1", "r-1"), added("p-2", "r-1"), true],
    ["of another route", added("p-1", "r-1"), added("p-2", "r-2"), false],
    ["to the same value", moved("wrong"), moved("wrong"), true],
    ["to another value", moved("wrong"), moved("wrong, too"), false],
  ])("%s", (_name, before, now, same) => expect(isSameContent(rollbackRow({}, [before]), suspectOf(now))).toBe(same));
});
