import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOSTILE_STRINGS, harmIn } from "../../../test/support/hostile-strings.ts";
import { someIncident } from "../../../test/support/incident.ts";
import { PLANTED } from "../../../test/support/planted-secrets.ts";
import { actionRow } from "../../../test/support/store-rows.ts";
import { createLogChannel } from "./log-channel.ts";
import { composeMessage, type Message } from "./message.ts";
import { createWebhookChannel } from "./webhook-channel.ts";

const SECRET = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;

/** A message in which an attacker wrote every field that one can. */
function messageWith(text: string): Message {
  const incident = someIncident({
    subject_value: text,
    scope: { route_id: text, route_name: text },
    reasons: [text],
    classification: null,
  });
  const log = [
    {
      id: 1,
      incident_id: incident.id,
      at: 1,
      kind: "decided",
      text,
      data: { refusals: [{ plan: text, target: text, reason: text }] },
    },
  ];
  return composeMessage({
    type: "incident.opened",
    at: 1_763_800_000_000,
    incident,
    log,
    actions: [],
    publicUrl: "http://127.0.0.1:8090",
  });
}

describe("a message", () => {
  it("says what was seen, decided and why, done, the effect, the end, and how to undo it", () => {
    const incident = someIncident();
    const action = actionRow(incident.id, {
      id: "a-1",
      target: { kind: "ip", value: "203.0.113.7" },
      params: { action: "block", scope: "login" },
      expires_at: 1_763_800_900_000,
      effect: { before: {} as never, after: null, measured_at: 1, summary: "it helped." },
    });
    const log = [
      {
        id: 1,
        incident_id: incident.id,
        at: 1,
        kind: "decided",
        text: "stuffing → stop_logins: 1 source",
        data: { refusals: [] },
      },
    ];
    const { data } = composeMessage({
      type: "incident.mitigating",
      at: 1,
      incident,
      log,
      actions: [action],
      publicUrl: "http://127.0.0.1:8090",
    });
    expect(data).toMatchObject({
      seen: "credential stuffing: 120 requests (100 passed, 20 stopped) from 1 address, 60 users",
      decided: "stuffing → stop_logins: 1 source",
      why: ["many users from one address"],
      done: ["block_source ip 203.0.113.7 action=block scope=login: applied until 2025-11-22T08:41:40.000Z"],
      effect: "it helped.",
      expires: "2025-11-22T08:41:40.000Z",
      undo: ['curl -X POST --oauth2-bearer "$TR_TOKEN" http://127.0.0.1:8090/v1/actions/a-1/undo'],
    });
  });

  it.each(PLANTED)("carries no $kind", ({ text, needle }) =>
    expect(JSON.stringify(messageWith(text))).not.toContain(JSON.stringify(needle).slice(1, -1)),
  );
});

describe("the log channel", () => {
  it.each(Object.entries(HOSTILE_STRINGS))("writes one line without control characters: %s", async (_name, text) => {
    const lines: string[] = [];
    const log = { info: (_data: object, line: string) => void lines.push(line), warn: () => undefined };
    await createLogChannel(log).deliver("m-1", messageWith(text));
    expect(lines).toHaveLength(1);
    expect(harmIn("log", lines[0] ?? "")).toBeNull();
  });
});

describe("the webhook channel", () => {
  let received: { headers: IncomingHttpHeaders; body: string; url: string }[];
  let answer: { status: number; headers?: Record<string, string>; silent?: boolean };
  let url: string;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8"), url: request.url ?? "" });
      if (answer.silent !== true) response.writeHead(answer.status, answer.headers).end("ignored");
    });
  });

  beforeEach(async () => {
    received = [];
    answer = { status: 204 };
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const channel = (secret = SECRET) => createWebhookChannel({ url, secret, timeout_ms: 300 });

  it("signs as Standard Webhooks says, with the same id in every retry", async () => {
    expect(await channel().deliver("msg_1", messageWith("x"))).toEqual({ done: true });
    const [{ headers, body }] = received as [(typeof received)[number]];
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      type: "incident.opened",
    });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
    expect(headers["webhook-id"]).toBe("msg_1");
  });

  it("takes any other secret as the bytes of the key", async () => {
    await channel("a plain secret of some length").deliver("msg_1", messageWith("x"));
    const [{ headers, body }] = received as [(typeof received)[number]];
    const receiver = new Webhook(Buffer.from("a plain secret of some length"), { format: "raw" });
    expect(receiver.verify(body, headers as Record<string, string>)).toBeDefined();
  });

  it.each(Object.entries(HOSTILE_STRINGS))(
    "sends plain ASCII JSON that is harmless in HTML and on a terminal: %s",
    async (_name, text) => {
      const message = messageWith(text);
      await channel().deliver("msg_1", message);
      const body = received[0]?.body ?? "";
      expect(harmIn("json", body)).toBeNull();
      expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(message)));
    },
  );

  it("follows no redirect", async () => {
    answer = { status: 302, headers: { location: "/elsewhere" } };
    expect(await channel().deliver("msg_1", messageWith("x"))).toMatchObject({ done: false, final: false });
    expect(received.map((request) => request.url)).toEqual(["/hook"]);
  });

  it("asks for a retry on failure and silence, when the receiver says so no sooner", async () => {
    answer = { status: 503, headers: { "retry-after": "7" } };
    expect(await channel().deliver("msg_1", messageWith("x"))).toMatchObject({
      done: false,
      final: false,
      retryAfter_ms: 7_000,
    });
    answer = { status: 500 };
    expect(await channel().deliver("msg_1", messageWith("x"))).toMatchObject({
      done: false,
      final: false,
      error: "the receiver answered 500",
    });
    answer = { status: 200, silent: true };
    expect(await channel().deliver("msg_1", messageWith("x"))).toMatchObject({ done: false, final: false });
  });

  it("stops for good at 410", async () => {
    answer = { status: 410 };
    const gone = channel();
    expect(await gone.deliver("msg_1", messageWith("x"))).toMatchObject({ done: false, final: true });
    expect(await gone.deliver("msg_2", messageWith("x"))).toMatchObject({ done: false, final: true });
    expect(received).toHaveLength(1);
  });
});
