import { expect, test } from "vitest";
import { createLog } from "../log.ts";
import { StoreOutage } from "./outage.ts";

const refused = () => Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });

function watched() {
  const said: Record<string, unknown>[] = [];
  return { said, outage: new StoreOutage(createLog("info", (line) => said.push(JSON.parse(line)))) };
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
  expect(said[1]!.msg).toContain("does not answer for 60 s");
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
