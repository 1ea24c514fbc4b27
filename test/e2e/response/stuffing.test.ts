import { afterAll, beforeAll, expect, test } from "vitest";
import type { Account } from "../../../demo/accounts.ts";
import { isOn, sendMany, statusesOf, untilAction, untilAnswered, untilIncident } from "../watch.ts";
import { ACCOUNTS, type ClientRequest, STAFF, startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(() => world?.stop());

const attempt = (from: string, i: number): ClientRequest => ({
  from,
  target: "/login",
  method: "POST",
  body: { username: `leaked${from}${i}@example.net`, password: `guess-${i}` },
});

const login = (from: string, { user, password }: Account): ClientRequest => ({
  from,
  target: "/login",
  method: "POST",
  body: { username: user, password },
});

const basic = (from: string, user: string, password: string): ClientRequest => ({
  from,
  target: "/reports",
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
});

async function inTurn(count: number, request: (i: number) => ClientRequest) {
  const answers = [];
  for (let i = 0; i < count; i++) answers.push(await world.send(request(i)));
  return answers;
}

test.concurrent("an address that tries many users at the login is stopped, and its logins are blocked by the agent", async () => {
  const from = "203.0.113.60";
  const answers = await inTurn(40, (i) => attempt(from, i));
  expect(answers.slice(0, 10).every(({ status }) => status === 401)).toBe(true);
  expect(statusesOf(answers.slice(20))).toEqual([403]);
  expect(answers.slice(20).some(({ reached }) => reached)).toBe(false);
  const incident = await untilIncident(
    world,
    ({ category, subject_value, counts }) =>
      category === "credential_stuffing" && subject_value === from && counts.requests >= 20,
  );
  expect(incident.counts.distinct_users).toBeGreaterThan(3);
  const action = await untilAction(world, isOn(from));
  expect(action.params).toEqual({ action: "block", scope: "login" });
  await untilAnswered(world, attempt(from, 99), 403);
  expect((await world.send({ from, target: "/orders" })).status).toBe(200);
});

test.concurrent("stuffing against basic-auth is stopped before basic-auth answers, so that it is no oracle", async () => {
  const from = "203.0.113.61";
  const answers = await inTurn(40, (i) => basic(from, `leaked${i}`, `guess-${i}`));
  expect(answers[0]!.status).toBe(401);
  expect(statusesOf(answers.slice(20))).toEqual([403]);
  for (const { headers } of answers.slice(20)) expect(headers).not.toHaveProperty("www-authenticate");
  expect((await world.send(basic(from, STAFF.user, STAFF.password))).status).toBe(403);
  expect((await world.send(basic("203.0.113.62", STAFF.user, STAFF.password))).status).toBe(200);
});

test.concurrent("stuffing is seen where it hides behind a second header, another spelling of the path or a known user's name", async () => {
  const proxied = (i: number): ClientRequest => {
    const { headers, ...request } = basic("203.0.113.66", `leaked${i}`, `guess-${i}`);
    return { ...request, headers: { "proxy-authorization": headers!.authorization! } };
  };
  const first = await inTurn(30, proxied);
  expect(first[0]!.status).toBe(401);
  expect(statusesOf(first.slice(20))).toEqual([403]);

  const from = "203.0.113.67";
  const own = ACCOUNTS[39]!;
  expect((await world.send(login(from, own))).status).toBe(200);
  const hidden = (i: number): ClientRequest => ({
    from,
    target: "/login/?n=1",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"username":"${own.user}","user\\u006eame":"leaked${i}@example.net","password":"guess-${i}"}`,
  });
  const answers = await inTurn(40, hidden);
  expect(answers[0]!.status).toBe(401);
  expect(statusesOf(answers.slice(25)).every((status) => status === 403 || status === 429)).toBe(true);
});

test.concurrent("good users behind the address of an attacker log in and work on, before and after the agent acts", async () => {
  const from = "198.51.100.7";
  const people = ACCOUNTS.slice(0, 12);
  const logInAll = () => sendMany(world, people.length, (i) => login(from, people[i]!));
  const workOn = () => sendMany(world, 20, (i) => ({ from, target: i % 2 ? "/orders" : "/users/7" }));
  expect(statusesOf(await inTurn(12, (i) => login(from, people[i]!)))).toEqual([200]);
  expect(statusesOf(await workOn())).toEqual([200]);

  const attack = await inTurn(60, (i) => attempt(from, i));
  const stopped = attack.filter(({ status }) => status === 429 || status === 403);
  expect(stopped.length).toBeGreaterThan(20);
  expect(statusesOf(await logInAll())).toEqual([200]);
  expect(statusesOf(await workOn())).toEqual([200]);

  await untilAction(world, isOn(from));
  await untilAnswered(world, attempt(from, 99), 403);
  expect(statusesOf(await logInAll())).toEqual([200]);
  expect(statusesOf(await workOn())).toEqual([200]);
});

test.concurrent("one user tried from many addresses is protected, and still gets in from where he always does", async () => {
  const { user, password } = ACCOUNTS[30]!;
  const home = "192.0.2.30";
  expect((await world.logIn(home, user, password)).status).toBe(200);
  const guesses = [];
  // More than twice as many as are allowed: a new window may begin in between.
  for (let i = 0; i < 24; i++) guesses.push(await world.logIn(`198.51.100.${100 + i}`, user, `guess-${i}`));
  expect(guesses[0]!.status).toBe(401);
  expect(statusesOf(guesses.slice(22))).toEqual([429]);
  expect((await world.logIn(home, user, password)).status).toBe(200);
});
