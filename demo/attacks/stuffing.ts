/** Leaked pairs are tried at the login from many addresses, some of them shared with good users. */
import { leakedPair } from "../accounts.ts";
import { SHARED_ADDRESSES } from "../clients.ts";
import { type Attack, addresses } from "./attack.ts";

const SOURCES = [...addresses("203.0.113.", 60, 40), ...addresses("198.51.100.", 120, 20), ...SHARED_ADDRESSES];

export const stuffing: Attack = {
  name: "stuffing",
  title: "Credential stuffing at /login, partly from addresses that good users share",
  sources: SOURCES,
  perSecond: 90,
  seconds: 25,
  categories: ["credential_stuffing"],
  stoppedAtLeast: 0.6,
  next(random, target) {
    const pair = leakedPair(random, target.accounts);
    return {
      method: "POST",
      target: "/login",
      from: random.pick(SOURCES),
      headers: { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/119.0.0.0", "content-type": "application/json" },
      body: JSON.stringify({ username: pair.user, password: pair.password }),
    };
  },
};
