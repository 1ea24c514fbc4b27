import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../../../agent/src/store/open.ts";
import { createNarrator } from "../../../demo/narrate.ts";
import { createTimeline } from "../../../demo/timeline.ts";
import { eventually } from "../../support/eventually.ts";
import { HOSTILE_STRINGS, harmIn } from "../../support/hostile-strings.ts";
import { ENCODINGS, PLANTED } from "../../support/planted-secrets.ts";
import { PATIENCE_MS, sendMany } from "../watch.ts";
import { type ClientRequest, startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(() => world?.stop());

const INJECTION = "1' UNION SELECT user, password FROM accounts -- ";
const addresses = (prefix: string) => (i: number) => `${prefix}.${Math.floor(i / 200)}.${1 + (i % 200)}`;

/** Half a surrogate pair has no UTF-8. */
const wellFormed = (text: string) => Buffer.from(text).toString();

/** A header carries visible latin letters only; what HTTP forbids there travels encoded. */
const inHeader = (text: string) => wellFormed(text).replace(/[^\x20-\x7e]/gu, encodeURIComponent);
const inUrl = (text: string) => encodeURIComponent(wellFormed(text).slice(0, 500));

/** The text in every field that an attacker writes, beside an injection so that it becomes evidence. */
function carrying(text: string, from: string): ClientRequest {
  const short = text.slice(0, 2_000);
  return {
    from,
    target: `/search/${inUrl(text)}?q=${encodeURIComponent(INJECTION)}${inUrl(text)}&${inUrl(text)}=1`,
    method: "POST",
    headers: {
      "user-agent": inHeader(short),
      referer: inHeader(short),
      "x-note": inHeader(short),
      cookie: `c=${inUrl(short)}`,
    },
    body: { username: text, note: `${INJECTION}${text}` },
  };
}

const loggingIn = (text: string, from: string): ClientRequest => ({
  from,
  target: "/login",
  method: "POST",
  body: { username: `${text}${INJECTION}`, password: text },
});

/** Everything that was sent has become evidence, been decided on, and been told. */
async function untilTold(count: number): Promise<void> {
  await eventually(
    async () => {
      const { json } = await world.agent.get("/v1/status");
      expect(json.waiting.events).toBe(0);
      expect(json.waiting.notifications).toBe(0);
      const incidents = await world.agent.client.incidents();
      const requests = incidents.reduce((sum, { counts }) => sum + counts.requests, 0);
      expect(requests).toBeGreaterThanOrEqual(count);
      expect(world.webhooks.received.length).toBeGreaterThan(0);
    },
    2 * PATIENCE_MS,
    250,
  );
}

/** All that the agent's API says, as it says it. */
async function apiTexts(): Promise<string[]> {
  const texts = [];
  for (const path of ["/v1/status", "/v1/incidents?limit=200", "/v1/actions?limit=200", "/v1/allow"]) {
    texts.push((await world.agent.get(path)).text);
  }
  for (const { id } of await world.agent.client.incidents())
    texts.push((await world.agent.get(`/v1/incidents/${id}`)).text);
  return texts;
}

const harmsIn = (outlet: Parameters<typeof harmIn>[0], texts: string[]) =>
  texts.map((text) => harmIn(outlet, text)).filter((harm) => harm !== null);

async function timelineOfAll(): Promise<string[]> {
  let written = "";
  const narrator = createNarrator(
    createTimeline((text) => {
      written += text;
    }),
  );
  narrator.look(await world.agent.client.incidents(), await world.agent.client.actions());
  narrator.flush();
  return written.split("\n");
}

test("hostile text in any field reaches no outlet as anything but text", async () => {
  const texts = Object.values(HOSTILE_STRINGS);
  const from = addresses("10.1");
  await sendMany(world, texts.length, (i) => carrying(texts[i]!, from(i)));
  await sendMany(world, texts.length, (i) => loggingIn(texts[i]!, from(i)));
  await untilTold(texts.length);

  expect(harmsIn("json", await apiTexts())).toEqual([]);
  expect(harmsIn("json", world.webhooks.bodies)).toEqual([]);
  expect(harmsIn("terminal", await timelineOfAll())).toEqual([]);
  const lines = world.agent.log().trim().split("\n");
  expect(harmsIn("log", lines)).toEqual([]);
  for (const line of lines) expect(JSON.parse(line)).toHaveProperty("level");
  const metrics = (await world.agent.get("/metrics")).text.split("\n").filter((line) => line !== "");
  for (const line of metrics)
    expect(line).toMatch(/^# |^[a-z0-9_]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? [\d.eE+-]+$| Nan$/i);
  expect(metrics.join()).not.toContain("fake_metric");
});

/** Short ones appear in times and ids by chance. */
const SECRETS = PLANTED.filter(({ needle }) => needle.length >= 8);
const WRAPPED = ["plain", "url-encoded", "base64", "json string"].flatMap((encoding) =>
  SECRETS.map(({ kind, text, needle }) => ({ name: `${kind}, ${encoding}`, text: ENCODINGS[encoding]!(text), needle })),
);

/** Every row of every table, as text. */
async function dump(dataDir: string): Promise<string> {
  const store = await openStore({ dataDir });
  const tables = ["events", "incidents", "incident_log", "actions", "decisions", "jobs", "outbox", "nodes"] as const;
  const rows = [];
  for (const table of tables) rows.push(await store.db.selectFrom(table).selectAll().execute());
  await store.close();
  return JSON.stringify(rows);
}

test("secrets and personal data in requests are in no table, log, notification or answer of the agent", async () => {
  const from = addresses("10.2");
  await sendMany(world, WRAPPED.length, (i) => carrying(WRAPPED[i]!.text, from(i)));
  await untilTold(WRAPPED.length);
  const outlets: Record<string, string> = {
    api: (await apiTexts()).join("\n"),
    metrics: (await world.agent.get("/metrics")).text,
    webhook: world.webhooks.bodies.join("\n"),
  };
  await world.agent.stop();
  outlets.log = world.agent.log();
  outlets.store = await dump(world.agent.dataDir);
  const lines = world.gateway.logs().split("\n");
  outlets["the plugin's log"] = lines.filter((line) => line.includes("threat-response")).join("\n");
  // What is beside the secrets is there: the requests have come that far.
  expect(outlets.store.split(/union select/i).length).toBeGreaterThan(WRAPPED.length);
  const survivors = Object.entries(outlets).flatMap(([outlet, text]) =>
    WRAPPED.filter(({ needle }) => text.includes(needle) || text.includes(JSON.stringify(needle).slice(1, -1))).map(
      ({ name }) => `${outlet}: ${name}`,
    ),
  );
  expect(survivors).toEqual([]);
});
