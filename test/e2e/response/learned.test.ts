import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { entitiesOf, STAFF } from "../entities.ts";
import { type RunningGateway, startGateway } from "../gateway/gateway.ts";
import { PATIENCE_MS } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

/** Everything suspicious counts, so that whatever the detectors think of these texts, some of them are found and learned. */
const THRESHOLDS = { flag: 20, block: 25 };
const NOTES: Record<string, string> = {
  list: "select name from the list where it is open",
  manual: "../../docs/readme.txt",
  sorting: "order by 1--",
  status: "http://127.0.0.1/status",
  pipe: "cat notes.txt | grep todo",
  markup: "<img src=x> and <b>bold</b>",
};
const ATTACK = `attack=${encodeURIComponent("1' UNION SELECT user, password FROM accounts -- ")}`;
const FROM = "198.51.100.20";

interface Item {
  id: string;
  kind: string;
  field: string;
  status: string;
}

let world: World;
let restarted: RunningGateway | undefined;

beforeAll(async () => {
  world = await startWorld({ plugin: { mode: "monitor", thresholds: THRESHOLDS } });
});
afterAll(async () => {
  await restarted?.stop();
  await world?.stop();
});

const authorization = `Basic ${Buffer.from(`${STAFF.user}:${STAFF.password}`).toString("base64")}`;
const target = (name: string) => `/reports?${name}=${encodeURIComponent(NOTES[name]!)}`;

async function items(): Promise<Item[]> {
  const { json } = await world.agent.get("/v1/learned");
  return json.items as Item[];
}

/** The note that an item is about. */
const noteOf = ({ field }: Item) => field.replace("query:", "");

test("what a gateway saw in monitor mode, and an operator approved, comes back to a restarted gateway that enforces", async () => {
  for (const name of Object.keys(NOTES)) {
    const { status } = await world.send({ from: FROM, target: target(name), headers: { authorization } });
    expect(status).toBe(200);
  }
  const seen = await eventually(async () => {
    const signatures = (await items()).filter(({ kind }) => kind === "signature");
    if (signatures.length < 2) throw new Error("too few signatures have come");
    return signatures;
  }, PATIENCE_MS);
  const [approved, other] = seen as [Item, Item];
  expect(approved.status).toBe("candidate");
  expect((await world.agent.post("/v1/learned/approve", { id: approved.id, reason: "usual there" })).status).toBe(200);
  await eventually(async () => expect(world.agent.log()).toContain(approved.id), PATIENCE_MS);

  await world.gateway.stop();
  const plugin = { mode: "enforce", thresholds: THRESHOLDS, source: { min_evidence: 10_000 } };
  const upstreamUrl = `http://127.0.0.1:${world.upstream.port}`;
  const entities = entitiesOf({ upstreamUrl, agentUrl: world.agent.url, plugin });
  restarted = await startGateway({ database: false, trustedIps: ["127.0.0.1/32"], entities });
  const send = async (path: string) => {
    const headers = { authorization, "x-forwarded-for": FROM, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Test/1" };
    return (await call(`${restarted!.proxyUrl}${path}`, { headers })).status;
  };
  await eventually(async () => expect(await send(target(noteOf(approved)))).toBe(200), PATIENCE_MS);
  expect(await send(target(noteOf(other)))).toBe(403);
  expect(await send(`${target(noteOf(approved))}&${ATTACK}`)).toBe(403);
  expect(await send(target(noteOf(approved)).replace("/reports", "/orders"))).toBe(403);

  await restarted.reload();
  for (let i = 0; i < 8; i++) expect(await send(target(noteOf(approved)))).toBe(200);
});
