import { describe, expect, it } from "vitest";
import { many, request } from "../../../test/support/preview.ts";
import type { Configuration } from "../drivers/gateway.ts";
import { StateFileError } from "../rollback/state-files/parse.ts";
import { replayChange } from "./replay-change.ts";
import { replayMarkdown } from "./replay-text.ts";
import { replayOnThread } from "./replay-thread.ts";

const BASE = `_format_version: "3.0"
_info: { select_tags: [gitops] }
services:
  - name: echo-service
    url: http://echo:1027/anything
    routes:
      - name: echo-route
        paths: [/echo]
        plugins:
          - name: rate-limiting
            config: { minute: 6000, policy: local }
      - name: other-route
        paths: [/other]
consumers:
  - username: alice
    keyauth_credentials:
      - key: planted-secret-of-alice
`;
/** What Kong has of it, with its own ids and what the agent keeps there. */
const LIVE: Configuration = {
  hash: "1",
  entities: {
    services: [{ id: "s-1", name: "echo-service", host: "echo", port: 1027, protocol: "http", path: "/anything" }],
    routes: [
      { id: "r-1", name: "echo-route", paths: ["/echo"], service: { id: "s-1" } },
      { id: "r-2", name: "other-route", paths: ["/other"], service: { id: "s-1" } },
      { id: "r-3", name: "hidden-route", paths: ["/hidden"], service: { id: "s-1" } },
    ],
    plugins: [
      {
        id: "p-1",
        name: "rate-limiting",
        route: { id: "r-1" },
        config: { minute: 6000, policy: "local", limit_by: "consumer", error_code: 429 },
      },
    ],
    consumers: [{ id: "c-1", username: "alice" }],
  },
};
const onRoute = (route_id: string, path: string, count: number) =>
  many(count, (i) => request({ route_id, service_id: "s-1", path, ip: `192.0.2.${i % 50}`, weight: 2 }));
const RECORDS = [
  ...onRoute("r-1", "/echo/a", 60),
  ...onRoute("r-2", "/other/b", 60),
  ...onRoute("r-3", "/hidden/c", 60),
];

const file = (text: string) => [{ path: "kong.yaml", text }];
const replay = (head: string, detail: "counts" | "examples" = "counts", records = RECORDS) =>
  replayChange({ base: file(BASE), head: file(head), detail }, LIVE, records, 0.02);
const TERMINATION = "          - name: request-termination\n            config: { status_code: 503 }\n";
const terminated = BASE.replace("policy: local }\n", `policy: local }\n${TERMINATION}`);

describe("a change of state files, before it is merged", () => {
  it("is told to break a route that it would answer instead of the service", () => {
    const result = replay(terminated);
    expect(result).toMatchObject({
      verdict: "breaks",
      entities: ["creates plugin request-termination of route echo-route"],
      routes: [
        {
          route: "echo-route",
          effect: "refused",
          status: 503,
          by: "request-termination",
          requests: 120,
          of: 120,
          share: 1,
        },
      ],
    });
    expect(replayMarkdown(result)).toContain(
      "would answer 503 (request\\-termination) on 100 % of echo\\-route: 120 of 120",
    );
  });

  it("is harmless when it only writes the same in another way", () => {
    const moved = `${BASE.replace("        plugins:\n          - name: rate-limiting\n            config: { minute: 6000, policy: local }\n", "")}plugins:
  - name: rate-limiting
    route: echo-route
    config: { policy: local, minute: 6000 } # moved
`;
    expect(replay(moved)).toMatchObject({ verdict: "harmless", entities: [], routes: [] });
  });

  it("tells what a narrower path, another service and a removed route do", () => {
    expect(replay(BASE.replace("[/echo]", "[/echo/x]"))).toMatchObject({
      verdict: "breaks",
      routes: [{ route: "echo-route", status: 404, by: "router" }],
    });
    expect(
      replay(BASE.replace("http://echo:", "http://elsewhere:")).routes.map(({ effect, route }) => [effect, route]),
    ).toEqual([
      ["sent elsewhere", "echo-route"],
      ["sent elsewhere", "other-route"],
      ["sent elsewhere", "a route that is not in these files"],
    ]);
    expect(replay(BASE.replace("      - name: other-route\n        paths: [/other]\n", ""))).toMatchObject({
      verdict: "breaks",
      entities: ["removes route other-route of service echo-service"],
      routes: [{ route: "other-route", status: 404 }],
    });
  });

  it("keeps defaults that the file leaves out, and counts what a lower limit stops", () => {
    const limited = replay(BASE.replace("minute: 6000", "minute: 1"));
    expect(limited.routes).toMatchObject([{ route: "echo-route", status: 429, by: "rate-limiting" }]);
    expect(limited.verdict).toBe("breaks");
  });

  it("names protection that goes", () => {
    const result = replay(BASE.replace("minute: 6000", "minute: 60000"));
    expect(result).toMatchObject({ verdict: "changes", routes: [] });
    expect(result.security_removed.join()).toContain("rate-limiting on echo-route is loosened");
  });

  it("makes no verdict of few records or none", () => {
    expect(replay(terminated, "counts", RECORDS.slice(0, 5))).toMatchObject({
      verdict: "changes",
      routes: [{ is_few: true }],
    });
    expect(replay(terminated, "counts", [])).toMatchObject({ verdict: "unknown", routes: [] });
  });

  it("tells counts only, unless examples are asked for", () => {
    expect(JSON.stringify(replay(terminated))).not.toContain("/echo");
    const result = replay(terminated, "examples");
    expect(result.routes[0]?.examples).toEqual([{ method: "GET", path: "/echo/a" }]);
    expect(JSON.stringify(result)).not.toContain("192.0.2");
  });

  it("never tells a credential, and says what it does not replay", () => {
    const result = replay(BASE.replace("planted-secret-of-alice", "planted-secret-of-bob"));
    expect(JSON.stringify(result)).not.toContain("planted-secret");
    expect(result.notes.join()).toContain("not replayed: keyauth_credential of consumer alice");
  });

  it("refuses files that cannot be read", () => {
    expect(() => replay("services: [")).toThrow(StateFileError);
    expect(() => replay(`a: &a [1]\n${"b: [*a]\n".repeat(2)}`)).toThrow(StateFileError);
  });

  it("on a thread of its own gives the same, and is ended when a pattern of the files never does", async () => {
    const task = (head: string, records = RECORDS) => ({
      change: { base: file(BASE), head: file(head), detail: "counts" as const },
      configuration: LIVE,
      records,
      maxShare: 0.02,
    });
    expect(await replayOnThread(task(terminated))).toEqual(replay(terminated));
    await expect(replayOnThread(task("services: ["))).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    const endless = BASE.replace("[/echo]", () => "['~/(a+)+$']");
    const path = `/${"a".repeat(40)}!`;
    await expect(replayOnThread(task(endless, onRoute("r-1", path, 1)), 3_000)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("takes longer than 3 s"),
    });
  });
});
