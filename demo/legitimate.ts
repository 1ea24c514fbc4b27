/** What good clients do all day: search, look at orders, order, log in, mistype a password. */
import type { Account } from "./accounts.ts";
import { type Client, headersOf, makeClients, SHARED_ADDRESSES } from "./clients.ts";
import type { Part } from "./player.ts";
import type { Random } from "./random.ts";
import type { RequestSpec } from "./request.ts";

export const LEGITIMATE = "legitimate";

const SEARCHES = [
  "o'neill wetsuit",
  "kid's shoes 50% off",
  "rock & roll t-shirt",
  "men's jacket -- waterproof",
  "select a size guide",
  "union jack flag",
  "C++ primer (5th edition)",
  "table lamp, drop shade",
  "L'Oréal shampoo",
  "puzzle 1000 pieces > 12 years",
  "what's new?",
  "script font stamps",
  "tent 2x3m; green or blue",
  "rené's guitar strings",
];
const NOTES = [
  "It's a gift, please don't include the price <3",
  "Leave with the neighbours (O'Connor) or in the shed",
  "Ring twice; the dog's friendly & loud",
  "Size 38/40, see my e-mail from 12/11",
  "",
];

function search(client: Client, random: Random): RequestSpec {
  const query = new URLSearchParams({ q: random.pick(SEARCHES), page: String(random.between(1, 4)) });
  return { method: "GET", target: `/search?${query}`, from: client.ip, headers: headersOf(client), expect: 200 };
}

function look(client: Client, random: Random): RequestSpec {
  const target = random.pick(["/orders", `/users/${random.between(1, 500)}`, "/orders?state=open&sort=-date"]);
  return { method: "GET", target, from: client.ip, headers: headersOf(client), expect: 200 };
}

function post(client: Client, target: string, body: unknown, expect: number): RequestSpec {
  const headers = { ...headersOf(client), "content-type": "application/json" };
  return { method: "POST", target, from: client.ip, headers, body: JSON.stringify(body), expect };
}

function order(client: Client, random: Random): RequestSpec {
  const items = Array.from({ length: random.between(1, 3) }, () => ({
    sku: `TR-${random.between(1000, 9999)}`,
    quantity: random.between(1, 5),
    note: random.pick(NOTES),
  }));
  return post(client, "/orders", { items, address: { name: client.account.user, street: "12 St. John's Road" } }, 201);
}

function logIn(client: Client, random: Random): RequestSpec {
  const { user, password } = client.account;
  if (random.chance(0.06)) return post(client, "/login", { username: user, password: `${password}x` }, 401);
  return post(client, "/login", { username: user, password }, 200);
}

/** Staff reads reports on the route that the gateway itself protects, from the office that others share. */
function readReports(staff: Account, random: Random): RequestSpec {
  const credential = Buffer.from(`${staff.user}:${staff.password}`).toString("base64");
  const headers = {
    "user-agent": "ReportReader/2.1",
    authorization: `Basic ${credential}`,
    accept: "application/json",
  };
  return { method: "GET", target: "/reports?year=2026", from: random.pick(SHARED_ADDRESSES), headers, expect: 200 };
}

export function legitimateTraffic(random: Random, accounts: readonly Account[], staff: Account): Part {
  const clients = makeClients(random, accounts);
  const newcomers = [...clients];
  return {
    name: LEGITIMATE,
    perSecond: 40,
    next() {
      // Whoever comes logs in first.
      const newcomer = newcomers.pop();
      if (newcomer) return logIn(newcomer, random);
      const client = random.pick(clients);
      const what = random.next();
      if (what < 0.4) return search(client, random);
      if (what < 0.72) return look(client, random);
      if (what < 0.86) return order(client, random);
      if (what < 0.97) return logIn(client, random);
      return readReports(staff, random);
    },
  };
}
