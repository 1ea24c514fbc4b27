local ____exports = {}
--- What is learned about payloads in monitor mode, and by which rules; both halves follow them. Nodes report votes (`LearnedRecord` in
-- `ingest.ts`), the agent counts them over all nodes, and gateways fetch what came of it:
-- `GET /feed/v1/learned?gateway=<name>&after=<epoch>.<sequence>`, signed by the node as the decision feed's request is, with `"feed\n"`.
-- 
-- The body of a 200 is text, signed with the feed key in `x-tr-signature` as the decision feed is:
-- 
--     tr-learned 1 <gateway> <epoch> <sequence> <issued_at> <count>
--     threshold <learned|operator> <route> <score>
--     signature <learned|operator> <route> <field> <signature> <score>
--     login <path>
--     baseline <age> <name> <seconds> <usual> <peak> <rate>:<days>,… of the 24 hours of the day
-- 
-- One line each, single spaces, `\n` after every line. The set is complete: what is absent does not count any more. Position, age and count
-- are checked as those of the decision feed are, and a document that fails a check changes nothing. A node refuses single lines it
-- cannot read or that go beyond the limits below. `count` counts all lines after the first. The age of a baseline is that of the latest report of it, in
-- seconds; its name is a route's id, `s:` and a service's id, or `-` for requests without a route.
-- 
-- What operators approved counts always; what was only learned counts on instances with `learning.apply`.
____exports.LEARNED_PATH = "/feed/v1/learned"
____exports.LEARNED_MAGIC = "tr-learned"
____exports.LEARNED_VERSION = 1
____exports.MAX_LEARNED = 2000
--- Baselines of routes and services, and login paths, of a gateway; and lines of all kinds in one document.
____exports.MAX_BASELINES = 1000
____exports.MAX_LOGINS = 50
____exports.MAX_LOGIN_PATH = 100
____exports.MAX_LEARNED_LINES = ____exports.MAX_LEARNED + ____exports.MAX_BASELINES + ____exports.MAX_LOGINS
--- Baselines in one record.
____exports.BASELINES_AT_ONCE = 100
____exports.HOURS_OF_DAY = 24
--- A baseline that was learned from less says nothing to others.
____exports.MIN_BASELINE_S = 600
--- Requests a second, days and seconds beyond which a report is no measurement.
____exports.MAX_BASELINE_RPS = 1000000
____exports.MAX_BASELINE_DAYS = 100000
____exports.MAX_BASELINE_S = 1000000000
--- What is usual at this time of the day is taken from a report this young; an older one tells of the hours of the day only.
____exports.FRESH_BASELINE_S = 3600
--- A finding from here on is a known attack: it never votes, no signature lowers it, no threshold rises to it.
____exports.HARD_SCORE = 90
--- An approved signature covers scores up to this much above the highest that was seen while it was learned.
____exports.SCORE_MARGIN = 5
--- A signature is approved by so many distinct authenticated consumers …
____exports.MIN_CONSUMERS = 20
--- … of whom only so many count for one network (/24 or /48), and only so many for one day: no single place, and no single day, suffices.
____exports.CONSUMERS_PER_NETWORK = 8
____exports.CONSUMERS_PER_DAY = 15
--- Distinct clients that must have scored above a threshold before it rises, and how many count for one network.
____exports.MIN_CLIENTS = 5
____exports.CLIENTS_PER_NETWORK = 3
--- A threshold is learned from the first thousands of requests of a route; later ones change nothing.
____exports.MAX_REQUESTS = 10000
____exports.DAY_S = 86400
--- What is learned and not used for so long is forgotten.
____exports.UNUSED_S = 30 * ____exports.DAY_S
--- Pure: the lowest threshold that would stop at most the wanted share of `requests`. `clients[score]` tells how many distinct clients had that
-- score as their highest. Undefined while too little is known.
____exports.proposeThreshold = function(limits, requests, clients)
    if requests < limits.min_requests then
        return nil
    end
    local cap = math.max(
        limits.block,
        math.min(limits.max_threshold, ____exports.HARD_SCORE - 1)
    )
    local above = 0
    do
        local score = limits.block
        while score < ____exports.HARD_SCORE do
            above = above + (clients[score] or 0)
            score = score + 1
        end
    end
    if above < ____exports.MIN_CLIENTS then
        return limits.block
    end
    local allowed = limits.stopped_share * math.min(requests, ____exports.MAX_REQUESTS)
    local threshold = limits.block
    while threshold < cap and above > allowed do
        above = above - (clients[threshold] or 0)
        threshold = threshold + 1
    end
    return threshold
end
return ____exports
