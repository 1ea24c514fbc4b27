import { expect, test } from "vitest";
import { AdminApiError } from "./drivers/admin-error.ts";
import { GATEWAY } from "./drivers/gateway-down.ts";
import { createLog } from "./log.ts";
import { type Needed, Outage } from "./outage.ts";
import { STORE } from "./store/store-down.ts";

const refused = () => Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });

function watched(needed: Needed = STORE) {
  const said: Record<string, unknown>[] = [];
  return {
    said,
    outage: new Outage(
      createLog("info", (line) => said.push(JSON.parse(line))),
      needed,
    ),
  };
}

test("tells of a database that is away when it begins, once a minute, and when it is back, without stacks", () => {
  const { said, outage } = watched();
  for (let at = 0; at <= 150_000; at += 500) expect(outage.explains(refused(), at)).toBe(true);
  outage.over(151_000);
  outage.over(152_000);
  expect(said.map(({ level, failures }) => [level, failures])).toEqual([
    ["error", 1],
    ["error", 121],
    ["error", 241],
    ["info", 301],
  ]);
  expect(said[1]!.msg).toContain("does not answer as it should for 60 s");
  expect(said[3]).toMatchObject({ after_s: 151 });
  expect(JSON.stringify(said)).not.toContain("stack");
});

test("leaves every other error to who met it", () => {
  const { said, outage } = watched();
  expect(outage.explains(new TypeError("x is not a function"), 0)).toBe(false);
  expect(outage.explains(undefined, 0)).toBe(false);
  const missing = { code: "ENOENT", syscall: "spawn git" };
  expect(outage.explains(Object.assign(new Error("spawn git ENOENT"), missing), 0)).toBe(false);
  expect(said).toEqual([]);
});

test("tells of the next outage at once", () => {
  const { said, outage } = watched();
  outage.explains(refused(), 0);
  outage.over(1_000);
  outage.explains(refused(), 2_000);
  expect(said.map(({ level }) => level)).toEqual(["error", "info", "error"]);
});

test("tells of a gateway that cannot be asked, and of nothing else that it refuses", () => {
  const { said, outage } = watched(GATEWAY);
  expect(outage.explains(new AdminApiError("conflict", 409, "PUT /plugins was answered 409"), 0)).toBe(false);
  expect(outage.explains(new AdminApiError("unreachable", null, "GET /services failed"), 0)).toBe(true);
  expect(said).toHaveLength(1);
  expect(said[0]!.msg).toContain("KONG_ADMIN_URL");
});
