/** Far more requests than usual, on a route that is dear to answer and on paths that have no route at all. */
import { type Attack, addresses } from "./attack.ts";

const SOURCES = addresses("203.0.113.", 130, 24);

export const flood: Attack = {
  name: "flood",
  title: "Flood of /search and of paths without a route",
  sources: SOURCES,
  perSecond: 600,
  seconds: 20,
  categories: ["api_ddos"],
  stoppedAtLeast: 0.6,
  next(random) {
    const routed = random.chance(0.6);
    const target = routed ? `/search?q=${random.hex(8)}` : `/old-shop/${random.hex(6)}`;
    return {
      method: "GET",
      target,
      from: random.pick(SOURCES),
      headers: { "user-agent": "Mozilla/5.0", accept: "*/*" },
    };
  },
};
