/**
 * Each cell of the table in `agent/src/planning/vehicles.ts`, on a gateway: where it says that a vehicle works, the attack is stopped and
 * others are not; where it says that it cannot, the attack goes on or others are stopped, too.
 */
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeVehicle, VEHICLES, type Vehicle } from "../../../agent/src/planning/vehicles.ts";
import { AUTHENTICATIONS, type Authentication } from "../../../agent/src/preview/authentication.ts";
import { CATEGORIES, type Category } from "../../../contract/categories.ts";
import { OVERLAY_HEADER } from "../../../contract/decision-feed.ts";
import { type EchoServer, startEchoServer } from "../../support/echo-server.ts";
import { eventually } from "../../support/eventually.ts";
import { blockLine, type FeedServer, feedOf, startFeedServer } from "../../support/feed-server.ts";
import { type Answer, type Call, call } from "../../support/http.ts";
import { pluginConfig } from "../entities.ts";
import { currentTarget, type RunningGateway, startGateway } from "../gateway/gateway.ts";

/** What the test gateway knows for other authentication; dev has no such plugin. */
const OTHER = "jwt";
const CONTEXTS = AUTHENTICATIONS.filter((name) => name !== "other" || currentTarget() !== "dev");
const SECRET = "a secret of the tests, long enough";
const SIZE_BYTES = 1_024;
const ATTEMPTS = 5;
const NOBODY_STOPPED_BY = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0" };

type Context = Authentication | "unrouted";

/** What a stopped request is answered, unlike anything else on its way. */
const STOPPED: Record<Vehicle, number> = {
  decision: 403,
  "hot-patch": 451,
  "bot-detection": 403,
  "key-auth": 401,
  "ip-restriction": 423,
  "request-size-limiting": 413,
  acl: 403,
  "rate-limiting": 420,
  "request-termination": 418,
  "route-edit": 404,
  "overlay-route": 417,
};

let sequence = 0;
const cellName = (context: Context, vehicle: Vehicle) => `${context}.${vehicle}`;
/** Of the attackers of one cell's category. */
const addressOf = (context: Context, vehicle: Vehicle, category: Category) =>
  `10.${[...AUTHENTICATIONS, "unrouted"].indexOf(context)}.${VEHICLES.indexOf(vehicle)}.${CATEGORIES.indexOf(category) + 1}`;
const attackersOf = (context: Context, vehicle: Vehicle) =>
  CATEGORIES.map((category) => addressOf(context, vehicle, category));

const patchOf = (addresses: readonly string[]) =>
  `local list = " ${addresses.join(" ")} " return function() if list:find(" " .. ngx.var.remote_addr .. " ", 1, true) then return kong.response.exit(451, { message = "patched" }) end end`;

/** The vehicle as Kong would have it: on a route, or everywhere for what has none. */
function pluginsOf(vehicle: Vehicle, addresses: readonly string[], phase: "access" | "rewrite" = "access"): object[] {
  const configs: Partial<Record<Vehicle, object>> = {
    "hot-patch": { [phase]: [patchOf(addresses)] },
    "bot-detection": { deny: ["attack-tool"] },
    "key-auth": {},
    "ip-restriction": { deny: addresses, status: 423 },
    "request-size-limiting": { allowed_payload_size: SIZE_BYTES, size_unit: "bytes" },
    acl: { deny: ["blocked"] },
    "rate-limiting": { year: 2, limit_by: "ip", policy: "local", error_code: 420 },
    "request-termination": { status_code: 418, message: "ended" },
  };
  const config = configs[vehicle];
  return config === undefined ? [] : [{ name: vehicle === "hot-patch" ? "pre-function" : vehicle, config }];
}

const AUTHENTICATION_PLUGIN: Record<Authentication, object[]> = {
  none: [],
  "key-auth": [{ name: "key-auth" }],
  "basic-auth": [{ name: "basic-auth" }],
  other: [{ name: OTHER }],
};

function routeOf(context: Authentication, vehicle: Vehicle): object {
  const name = cellName(context, vehicle);
  const own = AUTHENTICATION_PLUGIN[context];
  const isTaken = vehicle === context;
  const added = isTaken ? [] : pluginsOf(vehicle, attackersOf(context, vehicle));
  const methods = vehicle === "route-edit" ? { methods: ["GET"] } : {};
  return { name, paths: [`/${name}`], ...methods, plugins: [...own, ...added] };
}

interface Overlay {
  route: string;
  via: string;
  to: string;
}

const overlayOf = (context: Authentication): Overlay => {
  const digits = `${AUTHENTICATIONS.indexOf(context) + 1}`;
  const id = (kind: number) => `0b6f0000-0000-4000-8000-${`${kind}${digits}`.padStart(12, "0")}`;
  return { route: id(7), via: id(8), to: digits.repeat(32) };
};

/** The route of a cell; for the overlay's, its copy with one plugin more as well. */
function routesOf(context: Authentication, vehicle: Vehicle): object[] {
  const route = routeOf(context, vehicle);
  if (vehicle !== "overlay-route") return [route];
  const { route: id, via, to } = overlayOf(context);
  const ending = { name: "request-termination", config: { status_code: STOPPED[vehicle], message: "ended" } };
  const plugins = [...AUTHENTICATION_PLUGIN[context], ending];
  const headers = { [OVERLAY_HEADER]: [to] };
  return [
    { ...route, id },
    { ...route, id: via, name: `${cellName(context, vehicle)}.copy`, headers, plugins },
  ];
}

const overlayLines = (context: Authentication): string[] => {
  const { route, via, to } = overlayOf(context);
  const until = Math.floor(Date.now() / 1000) + 600;
  return attackersOf(context, "overlay-route").map(
    (address) => `overlay ip ${address} ${until} d-${address} - route=${route} via=${via} to=${to}`,
  );
};

const consumer = (name: string, more: object) => ({
  username: name,
  keyauth_credentials: [{ key: `${name}-key` }],
  basicauth_credentials: [{ username: name, password: `${name}-password` }],
  ...(CONTEXTS.includes("other")
    ? { jwt_secrets: [{ key: `${name}-issuer`, secret: SECRET, algorithm: "HS256" }] }
    : {}),
  ...more,
});

/** Only decisions: nothing that the plugin sees by itself may stop anybody here. */
const QUIET = Object.fromEntries(
  ["payload", "known", "login", "flood", "client", "abuse", "errors"].map((name) => [name, { enabled: false }]),
);

const documentOf = (upstreamUrl: string, feedUrl: string, routes: object[], plugins: object[]) => ({
  _format_version: "3.0",
  services: [{ name: "shop", url: upstreamUrl, routes }],
  consumers: [consumer("mallory", { acls: [{ group: "blocked" }] }), consumer("alice", {})],
  plugins: [{ name: "threat-response", config: pluginConfig(feedUrl, QUIET) }, ...plugins],
});

const base64url = (value: object | Buffer) =>
  (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString("base64url");

function tokenOf(name: string): string {
  const head = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ iss: `${name}-issuer` })}`;
  return `${head}.${base64url(createHmac("sha256", SECRET).update(head).digest())}`;
}

function credentialsOf(context: Context, name: string, secret = `${name}-password`): Record<string, string> {
  const key = { apikey: `${name}-key` };
  if (context === "other") return { ...key, authorization: `Bearer ${tokenOf(name)}` };
  return { ...key, authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}` };
}

/** Without a valid credential, each with another guess. */
const guesses = (context: Context, i: number): Record<string, string> => {
  if (context === "other") return { authorization: `Bearer ${tokenOf("mallory").slice(0, -4)}${1000 + i}` };
  if (context === "key-auth") return { apikey: `guess-${i}` };
  return { authorization: `Basic ${Buffer.from(`user${randomUUID()}:guess-${i}`).toString("base64")}` };
};
const insider = (context: Context) =>
  context === "none" || context === "unrouted" ? {} : credentialsOf(context, "mallory");

/** Who sends the requests of a category, by what he shows. Of errors everybody is the sender. */
const SENDER: Record<Category, (context: Context, i: number) => Record<string, string>> = {
  api_ddos: () => ({}),
  credential_stuffing: guesses,
  abuse: insider,
  payload_injection: insider,
  client_anomaly: insider,
  route_misconfig: (context) => credentialsOf(context, "alice"),
  mass_error: (context) => credentialsOf(context, "alice"),
};
const IS_ERROR: readonly Category[] = ["route_misconfig", "mass_error"];

interface Mode {
  name: "traditional" | "dbless";
  database: boolean;
}

class Bed {
  readonly gateway: RunningGateway;
  readonly #upstream: EchoServer;
  readonly #feed: FeedServer;

  constructor(gateway: RunningGateway, upstream: EchoServer, feed: FeedServer) {
    this.gateway = gateway;
    this.#upstream = upstream;
    this.#feed = feed;
  }

  static async start({ database }: Mode, make: (upstreamUrl: string, feedUrl: string) => object): Promise<Bed> {
    const upstream = await startEchoServer();
    const feed = await startFeedServer();
    const entities = make(upstream.url, feed.url);
    return new Bed(await startGateway({ database, trustedIps: ["127.0.0.1/32"], entities }), upstream, feed);
  }

  /** Until every connection's answer shows that the decision is in force. */
  async block(addresses: readonly string[], path: string, more: readonly string[] = []): Promise<void> {
    const lines = [...addresses.map((address) => blockLine(address)), ...more];
    this.#feed.answer(() => feedOf({ sequence: 200, lines }));
    const everybodyIsBlocked = async () => {
      const answers = await Promise.all(Array.from({ length: 16 }, () => this.send(path, addresses[0]!)));
      const other = answers.find(({ status }) => status !== STOPPED.decision);
      if (other) throw new Error(`not blocked yet: ${other.status}`);
    };
    await eventually(everybodyIsBlocked, 30_000);
    // Each worker looks every tenth of a second whether anybody is blocked.
    await sleep(300);
    await eventually(everybodyIsBlocked, 30_000);
  }

  send(path: string, from: string, { headers = {}, ...request }: Call = {}): Promise<Answer> {
    return call(`${this.gateway.proxyUrl}${path}`, { ...request, headers: { ...headers, "x-forwarded-for": from } });
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.#feed.close();
    await this.#upstream.stop();
  }
}

/** The category's requests: large, from a tool, and from one address, but for errors, which meet everybody's requests. */
async function attack(bed: Bed, context: Context, vehicle: Vehicle, category: Category): Promise<number> {
  const isError = IS_ERROR.includes(category);
  let status = 0;
  for (let i = 0; i < ATTEMPTS; i++) {
    const from = isError ? `192.0.${sequence % 250}.${i + 1}` : addressOf(context, vehicle, category);
    const tool = isError ? NOBODY_STOPPED_BY : { "user-agent": "attack-tool/1.0" };
    const headers = { ...tool, ...SENDER[category](context, i) };
    const body = isError ? "" : "b".repeat(SIZE_BYTES + 1);
    const answer = await bed.send(`/${cellName(context, vehicle)}/${i}`, from, { method: "POST", headers, body });
    status = answer.status;
  }
  sequence++;
  return status;
}

/** Somebody else, who is known and asks for little. */
async function bystander(bed: Bed, context: Context, vehicle: Vehicle): Promise<number> {
  const headers = { ...NOBODY_STOPPED_BY, ...credentialsOf(context, "alice") };
  return (
    await bed.send(`/${cellName(context, vehicle)}`, `198.51.${sequence % 250}.${VEHICLES.indexOf(vehicle)}`, {
      headers,
    })
  ).status;
}

/** What answers for everybody: whom it spares is no question. */
const HITS_ALL: readonly Vehicle[] = ["request-termination"];
/** What the attack is answered where nothing stops it. */
function untouched(context: Context, category: Category): number {
  if (context === "unrouted") return 404;
  const isRejected = context !== "none" && (category === "api_ddos" || category === "credential_stuffing");
  return isRejected ? 401 : 200;
}

async function tryCell(bed: Bed, mode: Mode, context: Context, vehicle: Vehicle, category: Category): Promise<void> {
  const routed = context !== "unrouted";
  const authentication = routed ? context : "none";
  const cell = judgeVehicle(vehicle, { category, authentication, routed, mode: mode.name });
  const status = await attack(bed, context, vehicle, category);
  const spared = HITS_ALL.includes(vehicle) || (await bystander(bed, context, vehicle)) === (routed ? 200 : 404);
  const isStopped = status === STOPPED[vehicle] && status !== untouched(context, category);
  const seen = { category, status, works: isStopped && spared };
  expect(seen, cell.works ? "should work" : cell.reason).toEqual({ category, status, works: cell.works });
}

const ROUTED = CONTEXTS.flatMap((context) => VEHICLES.map((vehicle) => [context, vehicle] as const));
const MODES: Mode[] = [
  { name: "traditional", database: true },
  { name: "dbless", database: false },
];

describe.each(MODES)("what works where, $name", (mode) => {
  describe("on routes", () => {
    let bed: Bed;
    beforeAll(async () => {
      const routes = ROUTED.flatMap(([context, vehicle]) => routesOf(context, vehicle));
      bed = await Bed.start(mode, (upstreamUrl, feedUrl) => documentOf(upstreamUrl, feedUrl, routes, []));
      const addresses = CONTEXTS.flatMap((context) => attackersOf(context, "decision"));
      await bed.block(addresses, `/${cellName("none", "decision")}`, CONTEXTS.flatMap(overlayLines));
    });
    afterAll(() => bed?.stop());

    test.each(ROUTED)("authentication %s: %s", async (context, vehicle) => {
      for (const category of CATEGORIES) await tryCell(bed, mode, context, vehicle, category);
    });
  });

  describe("without a route", () => {
    let bed: Bed;
    beforeAll(async () => {
      const plugins = VEHICLES.flatMap((vehicle) => pluginsOf(vehicle, attackersOf("unrouted", vehicle), "rewrite"));
      bed = await Bed.start(mode, (upstreamUrl, feedUrl) => documentOf(upstreamUrl, feedUrl, [], plugins));
      await bed.block(attackersOf("unrouted", "decision"), "/nowhere");
    });
    afterAll(() => bed?.stop());

    test.each(VEHICLES)("%s", async (vehicle) => {
      for (const category of CATEGORIES) await tryCell(bed, mode, "unrouted", vehicle, category);
    });
  });
});
