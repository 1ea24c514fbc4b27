local ____exports = {}
local ffi = require("ffi")
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
local GROUPS = 256
--- One more for all of the route: what happens there is remembered for longer, since logins may be rare.
local ALL = 256
local KEPT_A_SECOND = 0.98
local KEPT_OF_ALL = 0.995
local MIN_FAILURES = 20
local BAD_SHARE = 0.85
--- Once bad, a group stays so until it is nearly forgotten: then a few pass, and show whether it still is.
local FORGOTTEN = 4
local GOOD_SHARE = 0.6
--- Typing errors alone never make so many, nor such a share.
local MIN_REGULARS = 3
local REGULAR_SHARE = 0.2
--- Strangers' failures that one user's explains, who counts once in ten minutes: accounts of one's own would have to be very many.
local EXPLAINS = 6
local COUNTED_ONCE_S = 600
____exports.createGroups = function() return {
    failures = ffi.new("float[257]"),
    successes = ffi.new("float[257]"),
    isBad = ffi.new("uint8_t[257]"),
    regularFailures = ffi.new("float[257]"),
    regularSuccesses = ffi.new("float[257]")
} end
--- The group of a request; the same for the same client software with the same settings.
____exports.groupOf = function(facts)
    local variables = ngx.var
    local settings = ((variables.http_accept_language or "") .. "|") .. (variables.http_accept or "")
    local abilities = ((variables.http_accept_encoding or "") .. "|") .. (variables.http_sec_ch_ua or "")
    local word = hashText(((((facts.userAgent or "") .. "|") .. settings) .. "|") .. abilities)
    return bit.band(word, GROUPS - 1)
end
local function judge(groups, group)
    local failures = groups.failures[group]
    local share = failures / (failures + groups.successes[group])
    if failures >= MIN_FAILURES and share >= BAD_SHARE then
        groups.isBad[group] = 1
    elseif failures < FORGOTTEN or share < GOOD_SHARE then
        groups.isBad[group] = 0
    end
end
local function add(counts, group)
    counts[group] = counts[group] + 1
    counts[ALL] = counts[ALL] + 1
end
____exports.addToGroup = function(groups, group, isFailure)
    local counts = isFailure and groups.failures or groups.successes
    add(counts, group)
    judge(groups, group)
end
--- A user known at his address logs in.
____exports.addRegular = function(groups, group, route, user, isFailure)
    if not isFailure then
        add(groups.regularSuccesses, group)
        return
    end
    local first, second = hashText((route .. " ") .. user)
    local isNew = counters:add(
        string.format("lf%08x%08x", first, second),
        true,
        COUNTED_ONCE_S
    )
    if isNew then
        add(groups.regularFailures, group)
    end
end
local function explainedIn(groups, group)
    local failing = groups.regularFailures[group]
    if failing < MIN_REGULARS or failing < REGULAR_SHARE * (failing + groups.regularSuccesses[group]) then
        return 0
    end
    return math.min(
        1,
        EXPLAINS * failing / math.max(1, groups.failures[group])
    )
end
--- The share of a group's strangers' failures that is explained by what happens to regulars.
____exports.explainedShare = function(groups, group) return math.max(
    explainedIn(groups, group),
    explainedIn(groups, ALL)
) end
____exports.isBadGroup = function(groups, group) return groups.isBad[group] == 1 end
local function fade(counts, group)
    counts[group] = counts[group] * (group == ALL and KEPT_OF_ALL or KEPT_A_SECOND)
end
local function isEmpty(groups, group)
    return groups.failures[group] == 0 and groups.successes[group] == 0 and groups.regularFailures[group] == 0 and groups.regularSuccesses[group] == 0
end
--- Once a second.
____exports.fadeGroups = function(groups)
    for group = 0, ALL do
        do
            if isEmpty(groups, group) then
                goto __continue19
            end
            fade(groups.failures, group)
            fade(groups.successes, group)
            fade(groups.regularFailures, group)
            fade(groups.regularSuccesses, group)
            if groups.isBad[group] == 1 then
                judge(groups, group)
            end
        end
        ::__continue19::
    end
end
return ____exports
