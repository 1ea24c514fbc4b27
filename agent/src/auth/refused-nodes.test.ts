import { expect, test } from "vitest";
import { HEADER_KEY, HEADER_NODE } from "../../../contract/ingest.ts";
import { AgentError } from "../errors.ts";
import { RefusedNodes } from "./refused-nodes.ts";

test("each reason for which gateways are refused is told once a minute, with who it was and what to do", () => {
  const told: { code: string; node: string; key_id: string; held: number; text: string }[] = [];
  const log = { warn: (fields: object, text: string) => told.push({ ...(fields as (typeof told)[0]), text }) };
  const refused = new RefusedNodes();
  const headers = { [HEADER_NODE]: `node-1${"x".repeat(200)}`, [HEADER_KEY]: "kong-1" };
  for (let at = 0; at <= 60_000; at += 1_000) refused.tell(log, headers, new AgentError("SIGNATURE_WRONG"), at);
  refused.tell(log, {}, new AgentError("SIGNATURE_STALE", { limit: 300 }), 61_000);
  expect(told.map(({ code, held }) => [code, held])).toEqual([
    ["SIGNATURE_WRONG", 0],
    ["SIGNATURE_WRONG", 59],
    ["SIGNATURE_STALE", 0],
  ]);
  expect(told[0]!.node).toMatch(/^node-1x{58}$/);
  expect(told[0]!.text).toContain("agent.secret");
});
