import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { sendMany, statusesOf, untilIncident } from "../watch.ts";
import { ACCOUNTS, type ClientRequest, STAFF, startWorld, type World } from "../world.ts";

let world: World;

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

let leaked = 0;
let networks = 112;

/** A pair that nobody here has. */
const guess = (from: string): ClientRequest => ({
  from,
  target: "/login",
  method: "POST",
  body: { username: `leak${++leaked}@example.net`, password: "guess" },
});

const isStopped = ({ status }: { status: number }) => status === 429 || status === 403;

describe("with what is shipped", () => {
  beforeAll(async () => {
    world = await startWorld({
      plugin: { allow: { consumers: ["staff"] }, flood: { max_per_ip: 200 }, source: { min_evidence: 10_000 } },
    });
  });
  afterAll(() => world?.stop());

  test("a user who logs in from a new address after failures elsewhere is reported as a possible takeover, and is let in", async () => {
    const { user, password } = ACCOUNTS[10]!;
    for (let i = 0; i < 7; i++) await world.logIn(`198.51.100.${10 + i}`, user, `guess-${i}`);
    expect((await world.logIn("198.51.100.40", user, password)).status).toBe(200);
    const incident = await untilIncident(
      world,
      ({ category, subject_kind, reasons }) =>
        category === "credential_stuffing" && subject_kind === "user" && reasons.join().includes("new address"),
    );
    expect(JSON.stringify(incident)).not.toContain(user);
    expect((await world.logIn("198.51.100.40", user, password)).status).toBe(200);
  });

  test("credentials that were made up share the counter of their address", async () => {
    const answers = await sendMany(world, 320, (i) => ({
      from: "198.51.100.60",
      target: "/orders",
      headers: { apikey: `made-up-${i}`, authorization: `Bearer made-up-${i}` },
    }));
    expect(answers.filter(isStopped).length).toBeGreaterThanOrEqual(100);
  });

  test("a consumer on the allow list is known by a credential that was let in, and by nothing else", async () => {
    const attack = { target: "/reports?q=1%27%20UNION%20SELECT%20password%20FROM%20users--", from: "198.51.100.70" };
    const staff = basic(STAFF.user, STAFF.password);
    expect((await world.send({ ...attack, headers: staff })).status).toBe(403);
    expect((await world.send({ ...attack, target: "/reports", headers: staff })).status).toBe(200);
    await eventually(async () => expect((await world.send({ ...attack, headers: staff })).status).toBe(200));
    expect((await world.send({ ...attack, headers: basic(STAFF.user, "wrong") })).status).toBe(403);
    const incidents = await untilIncident(world, ({ subject_value }) => subject_value === "198.51.100.70");
    expect(JSON.stringify(incidents)).not.toContain(staff.authorization.slice(6));
  });

  test("stuffing below every limit of an address is stopped on the route, and regulars and their colleagues log in", async () => {
    const people = ACCOUNTS.slice(20, 26);
    const logInAll = () =>
      Promise.all(people.map((one, i) => world.logIn(`192.0.2.${60 + i}`, one.user, one.password)));
    expect(statusesOf(await logInAll())).toEqual([200]);
    // Others when this is tried again: the first ones are known by then.
    const network = `203.0.${++networks}`;
    const bots = Array.from({ length: 60 }, (_, i) => `${network}.${i + 1}`);
    const passes = async () => Promise.all(bots.map((from) => world.send(guess(from))));
    const first = await passes();
    expect(first.filter(isStopped)).toEqual([]);
    await eventually(async () => {
      const answers = await passes();
      expect(answers.filter(isStopped).length).toBeGreaterThanOrEqual(54);
    }, 30_000);
    expect(statusesOf(await logInAll())).toEqual([200]);
    const colleague = ACCOUNTS[27]!;
    expect((await world.logIn("192.0.2.61", colleague.user, colleague.password)).status).toBe(200);
    await untilIncident(
      world,
      ({ category, subject_kind, counts }) =>
        category === "credential_stuffing" && subject_kind === "route" && counts.distinct_ips > 20,
    );
  }, 60_000);
});

describe("where no login is named", () => {
  beforeAll(async () => {
    world = await startWorld({ plugin: { login: { paths: ["/nowhere"], window_s: 5 } } });
  });
  afterAll(() => world?.stop());

  test("a path that refuses and accepts passwords becomes a login, and slow spraying on it is found", async () => {
    for (let i = 0; i < 30; i++) {
      const { user, password } = ACCOUNTS[i]!;
      await world.logIn(`198.51.100.${i + 1}`, user, "mistyped");
      await world.logIn(`198.51.100.${i + 1}`, user, password);
    }
    // Before the path is known to both workers these are not even looked at.
    await eventually(async () => {
      const answers = [];
      for (let i = 0; i < 14; i++) answers.push(await world.send(guess("203.0.113.90")));
      expect(answers.some(isStopped)).toBe(true);
    });
    const spray = async (guesses: number) => {
      const answers = [];
      for (let i = 0; i < guesses; i++) answers.push(await world.send(guess("203.0.113.91")));
      return answers;
    };
    expect(statusesOf(await spray(6))).toEqual([401]);
    await sleep(5_500);
    const later = await spray(10);
    expect(later[0]!.status).toBe(401);
    expect(isStopped(later[9]!)).toBe(true);
  }, 60_000);
});
