local ____exports = {}
--- Even the smallest share lets a page load.
local LEAST_SHARE = 5
--- Who behaved well before the flood may do so much more than a stranger.
local GOOD_FACTOR = 10
--- Times its usual number of requests that a well-known address may send.
local GROWTH = 3
local LEAST_ADMITTED = 0.02
local MOST_BITS = 16777216
--- What one strange address may send in a window.
____exports.fairShare = function(allowedRps, window, sources) return math.max(
    LEAST_SHARE,
    allowedRps * window / math.max(1, sources)
) end
--- What an address may send that behaved well before; `usual` is its own number of requests in a window, 0 where it is not known for many.
____exports.knownShare = function(fair, usual) return math.max(fair, GOOD_FACTOR * LEAST_SHARE, GROWTH * usual) end
--- The share of strange addresses that pass, so that with the known ones about `allowedRps` get through.
____exports.admittedShare = function(allowedRps, known, strange)
    if strange <= 0 then
        return 1
    end
    return math.min(
        1,
        math.max(LEAST_ADMITTED, (allowedRps - known) / strange)
    )
end
--- Whether an address is among that share: always the same ones, so that who is in can finish what it began.
____exports.isAmong = function(hash, share) return bit.band(
    bit.rshift(hash, 8),
    16777215
) < share * MOST_BITS end
return ____exports
