/** The same against a route that the gateway authenticates: the 401 comes from Kong, the API never sees these. */
import { leakedPair } from "../accounts.ts";
import { type Attack, addresses } from "./attack.ts";

const SOURCES = addresses("198.51.100.", 200, 16);

export const basicAuthStuffing: Attack = {
  name: "basic-auth",
  title: "Credential stuffing at /reports, which the gateway protects by basic-auth",
  sources: SOURCES,
  perSecond: 40,
  seconds: 20,
  categories: ["credential_stuffing"],
  stoppedAtLeast: 0.6,
  next(random, target) {
    const pair = leakedPair(random, target.accounts);
    const credential = Buffer.from(`${pair.user}:${pair.password}`).toString("base64");
    return {
      method: "GET",
      target: "/reports",
      from: random.pick(SOURCES),
      headers: { "user-agent": "python-requests/2.28.1", authorization: `Basic ${credential}` },
    };
  },
};
