import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { HOSTILE_STRINGS } from "../../../test/support/hostile-strings.ts";
import { someIncident } from "../../../test/support/incident.ts";
import { SLACK_TOKEN, type SlackServer, startSlackServer } from "../../../test/support/slack-server.ts";
import { openMemoryStore } from "../../../test/support/store.ts";
import type { Store } from "../store/open.ts";
import { composeMessage, type Message } from "./message.ts";
import { createSlackChannel } from "./slack-channel.ts";

let store: Store;
let server: SlackServer;
beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  server = await startSlackServer();
});
afterEach(async () => {
  await server.close();
  await store.db.deleteFrom("slack_threads").execute();
});

const channel = (given: { token?: string; channel?: string } = {}) =>
  createSlackChannel({
    db: store.db,
    token: SLACK_TOKEN,
    channel: "#alerts",
    apiUrl: server.url,
    timeout_ms: 300,
    ...given,
  });

function rollbackMessage(text = "request-termination added", type: Message["type"] = "incident.opened"): Message {
  const incident = someIncident({ id: "i-1", subject_value: text, reasons: [text] });
  const message = composeMessage({ type, at: 1, incident, log: [], actions: [], publicUrl: "http://127.0.0.1:8090" });
  message.data.rollback = {
    id: "r-1",
    status: "recovered",
    reason: text,
    culprit: [text],
    commit: "4f1c2d3",
    proof: "errors fell from 100 % of 120 requests to 0 % of 80",
    pull_request: "https://github.com/acme/kong-config/pull/7",
  };
  message.data.done = ["removed plugins p-1"];
  message.data.undo = ["curl -X POST http://127.0.0.1:8090/v1/rollbacks/r-1/undo"];
  return message;
}

const shown = () => JSON.stringify(server.posts.map(({ blocks }) => blocks));

it("tells what happened, the culprit, what was done, the proof, and how to undo it", async () => {
  expect(await channel().deliver("m-1", rollbackMessage())).toEqual({ done: true });
  for (const part of ["request-termination added", "removed plugins p-1", "errors fell from 100 %", "pull/7", "/undo"])
    expect(shown()).toContain(part);
});

it("tells later news of an incident in the thread of the first message, also after a restart", async () => {
  await channel().deliver("m-1", rollbackMessage());
  await channel().deliver("m-2", rollbackMessage("recovered", "incident.measured"));
  const other = rollbackMessage();
  other.data.incident.id = "i-2";
  await channel().deliver("m-3", other);
  const [first] = server.posts;
  expect(server.posts.map(({ thread_ts }) => thread_ts)).toEqual([undefined, first?.ts, undefined]);
});

it.each(Object.entries(HOSTILE_STRINGS))("makes nothing of what others wrote: %s", async (_name, text) => {
  expect(
    await channel().deliver("m-1", rollbackMessage(`${text}<!channel> <@U123> <https://evil.example|pay>`)),
  ).toEqual({
    done: true,
  });
  for (const block of server.posts[0]?.blocks ?? [])
    if (block.text?.type === "mrkdwn") expect(block.text.text).not.toMatch(/<[!@#h]/);
  expect(server.posts[0]?.text).not.toMatch(/<[!@#h]/);
});

it("keeps to Block Kit's limits, however much there is to tell", async () => {
  const message = rollbackMessage("&".repeat(5_000));
  message.data.done = Array.from({ length: 50 }, () => "<>&".repeat(2_000));
  message.data.gateway = "g".repeat(500);
  expect(await channel().deliver("m-1", message)).toEqual({ done: true });
  expect(shown()).not.toMatch(/&(?!amp;|lt;|gt;)/);
});

it.each([
  ["another token", { token: "xoxb-wrong" }, "invalid_auth", "SLACK_BOT_TOKEN"],
  ["a channel that is not there", { channel: "#nowhere" }, "channel_not_found", "SLACK_CHANNEL"],
  ["a channel that it is not in", { channel: "#private" }, "not_in_channel", "/invite"],
])(
  "says what to do about %s, and tries again",
  async (_name, given: { token?: string; channel?: string }, code, remedy) => {
    server.channels.set("#private", false);
    const outcome = await channel(given).deliver("m-1", rollbackMessage());
    expect(outcome).toMatchObject({ done: false, final: false });
    expect(JSON.stringify(outcome)).toContain(code);
    expect(JSON.stringify(outcome)).toContain(remedy);
    expect(JSON.stringify(outcome)).not.toContain(given.token ?? SLACK_TOKEN);
  },
);

it("waits as long as Slack asks for, and asks once", async () => {
  server.faults.push({ status: 429, headers: { "retry-after": "7" } });
  expect(await channel().deliver("m-1", rollbackMessage())).toMatchObject({ done: false, retryAfter_ms: 7_000 });
  expect(server.requests).toBe(1);
});

it.each([
  ["fails", { status: 500 }],
  ["redirects", { status: 302, headers: { location: "https://evil.example/" } }],
  ["cuts the line", "reset"],
  ["does not answer", "hang"],
] as const)("leaves it to the outbox when Slack %s", async (_name, fault) => {
  server.faults.push(fault);
  expect(await channel().deliver("m-1", rollbackMessage())).toMatchObject({ done: false, final: false });
  expect(await channel().deliver("m-1", rollbackMessage())).toEqual({ done: true });
});
