local ____exports = {}
--- What a gateway node sends to the agent: `POST /ingest/v1/events`, one JSON `Batch` per request.
-- 
-- Signed with the node's ingest key. The string that is signed with HMAC-SHA256 is
-- `"ingest\n" + timestamp + "\n" + node + "\n" + batch + "\n" + body`, and `x-tr-signature` carries
-- `"v1=" + lowercase hex`. `x-tr-timestamp` is the time of sending in whole seconds; a retry is signed anew but keeps its batch id,
-- so that the agent can answer `200 {"status":"duplicate"}` without taking it twice.
-- 
-- The agent answers 202 `{"status":"accepted"}` only when the records are durable. 401 (unknown key, wrong signature, stale
-- timestamp), 413 (too large), 422 (malformed) are final: the node drops the batch and counts it. 429, 5xx and no answer are retried.
____exports.INGEST_PATH = "/ingest/v1/events"
____exports.HEADER_NODE = "x-tr-node"
____exports.HEADER_KEY = "x-tr-key"
____exports.HEADER_TIMESTAMP = "x-tr-timestamp"
____exports.HEADER_BATCH = "x-tr-batch"
____exports.HEADER_SIGNATURE = "x-tr-signature"
--- Largest difference between a signature's timestamp and the receiver's clock, in seconds.
____exports.CLOCK_SKEW_S = 300
____exports.MAX_BATCH_BYTES = 1048576
____exports.MAX_BATCH_RECORDS = 500
--- What an incident record is about. `user` and `credential` values are keyed hashes, never clear text.
____exports.SUBJECT_KINDS = {
    "ip",
    "user",
    "credential",
    "route",
    "gateway"
}
--- Who gave an answer, as Kong tells it: the service, a plugin or the router (`exit`), or Kong itself for want of an answer (`error`). `own`: this
-- plugin ended the request, which is evidence of nothing.
____exports.ANSWER_SOURCES = {"service", "exit", "error", "own"}
____exports.MAX_ANSWERS = 12
--- Buckets of a latency histogram: below 1 ms, then `[2^(i-1), 2^i)` ms, the last without an end.
____exports.LATENCY_BUCKETS = 18
____exports.MAX_SAMPLED = 60
return ____exports
