local ____exports = {}
--- What the agent tells the gateways: `GET /feed/v1/decisions?gateway=<name>&after=<epoch>.<sequence>`.
-- 
-- The request is signed with the node's ingest key: HMAC-SHA256 over `"feed\n" + timestamp + "\n" + node + "\n" + path and query`, in the headers of
-- `ingest.ts` (no batch). 304 without a body when nothing is newer than `after`.
-- 
-- The body of a 200 is text that a gateway can read in slices without stalling its worker, signed with the feed key (never the
-- ingest key): `x-tr-signature: v1=<hex HMAC-SHA256 over the body>`.
-- 
--     tr-feed 1 <gateway> <epoch> <sequence> <issued_at> <count>
--     <action> <kind> <value> <expires_at> <id> <incident> [<name>=<value> …]
-- 
-- One line each, single spaces, `\n` after every line, no other white space. The set is complete: what is absent has ended.
-- `(epoch, sequence)` never goes back; `epoch` changes only when the agent's database is new (its creation time in seconds).
-- Times are whole epoch seconds. A feed whose `issued_at` is further away than `CLOCK_SKEW_S` is refused, as are a wrong
-- signature, gateway, version or count, and anything older than what a node has. A refused feed changes nothing.
-- 
-- A node also refuses single decisions: outside the kinds and actions below, expired, covering loopback, a trusted proxy or an
-- allow-list entry, or wider than /24 (IPv4) or /48 (IPv6). `allow` beats every other verdict.
____exports.FEED_PATH = "/feed/v1/decisions"
____exports.FEED_VERSION = 1
____exports.FEED_MAGIC = "tr-feed"
____exports.MAX_DECISIONS = 50000
____exports.WIDEST_IPV4 = 24
____exports.WIDEST_IPV6 = 48
--- `overlay` only has the router send a client's requests another way; the others are about whether they pass.
____exports.DECISION_ACTIONS = {"allow", "throttle", "block", "overlay"}
--- - `ip`: an address or a CIDR range.
-- - `credential`: keyed hash of a credential as presented, 16 hex digits as in incidents; before authentication. It means something on nodes
--   with the same `hash_key` only.
-- - `consumer`: id of a consumer (a UUID), through credentials that a node has seen authenticated for it.
-- - `route`: id of a route (a UUID), or `-` for requests without a route; only `throttle`, for each client address.
-- 
-- A node that does not know a kind or a parameter refuses that decision alone: nothing of it is in force, `decisions_refused` counts it.
____exports.DECISION_KINDS = {"ip", "credential", "consumer", "route"}
--- The header that an overlay route matches; the gateway takes it from clients and never sends it on.
____exports.OVERLAY_HEADER = "X-Threat-Response-Overlay"
--- Value of kind `route` for requests without one.
____exports.UNROUTED = "-"
--- Parameters, all optional:
-- - `rps=<number>`: of a throttle, requests a second that still pass for each address (default 1).
-- - `scope=login`: only login attempts whose user has not succeeded from that address before; everything else passes.
-- - `route=<id>`: only that route.
-- - `methods=<method>[,<method> …]`: only these.
-- - `paths=<prefix>[,<prefix> …]`: only paths that begin so.
-- - `share=<0..1>`: only that share of the client addresses; which, depends on address and decision alone, and a larger share has all of a smaller.
-- - `via=<id>`, `to=<32 hex digits>`: of an overlay, which cannot do without: the route that is a copy of `route`, and what its header is to say.
-- - `log=1`: hits are counted, nothing is stopped, allowed or masked.
____exports.DECISION_PARAMETERS = {
    "rps",
    "scope",
    "route",
    "methods",
    "paths",
    "share",
    "log",
    "via",
    "to"
}
return ____exports
