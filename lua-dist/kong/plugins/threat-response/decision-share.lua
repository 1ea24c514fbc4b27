local ____exports = {}
local ____bit = require("bit")
local tobit = ____bit.tobit
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local sha256Hex = ____digest_2Ets.sha256Hex
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local placeOf = ____rollout_2Ets.placeOf
--- Decisions may be in force for a share of the client addresses. Which, depends on the decision's id and the address alone, so all nodes agree,
-- and a larger share has all addresses of a smaller one. Who does not know the id cannot choose addresses that lie outside.
____exports.saltOfDecision = function(id) return tobit(tonumber(
    string.sub(
        sha256Hex("share\n" .. id),
        1,
        8
    ),
    16
)) end
--- `client` is what an address is counted by.
____exports.isInShare = function(share, salt, client) return share >= 1 or placeOf(salt, client) < share end
return ____exports
