local ____exports = {}
local ____decision_2Dentry_2Ets = require("kong.plugins.threat-response.decision-entry")
local expiryOf = ____decision_2Dentry_2Ets.expiryOf
local joinEntries = ____decision_2Dentry_2Ets.joinEntries
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.decision-feed")
local eachEntry = ____decision_2Dfeed_2Ets.eachEntry
local isOlder = ____decision_2Dfeed_2Ets.isOlder
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local readHead = ____decision_2Dstore_2Ets.readHead
local readWritten = ____decision_2Dstore_2Ets.readWritten
local removeOlder = ____decision_2Dstore_2Ets.removeOlder
local writeEntry = ____decision_2Dstore_2Ets.writeEntry
local writeHead = ____decision_2Dstore_2Ets.writeHead
--- False when something else had to leave the dictionary for it.
local function writeDecisions(feed, allows, generation, pause)
    local fits = true
    local function write(key, entry, expires)
        local known = readWritten(key, generation)
        local joined = known == nil and entry or joinEntries(known, entry)
        local ttl = (known == nil and expires or expiryOf(joined)) - ngx.now()
        if ttl > 0 then
            fits = writeEntry(key, joined, ttl, generation) and fits
        end
    end
    eachEntry(feed, allows, write, pause)
    return fits
end
local function sortDescending(set)
    local lengths = {}
    for length in pairs(set) do
        lengths[#lengths + 1] = length
    end
    table.sort(
        lengths,
        function(a, b) return a > b end
    )
    return lengths
end
local function describe(feed, generation)
    return {
        generation = generation,
        gateway = feed.expected.gateway,
        epoch = feed.epoch,
        sequence = feed.sequence,
        count = feed.taken,
        lengths4 = sortDescending(feed.lengths4),
        lengths6 = sortDescending(feed.lengths6)
    }
end
local function removeVanished(previous, generation, pause)
    for ____, allows in ipairs({true, false}) do
        eachEntry(
            previous,
            allows,
            function(key) return removeOlder(key, generation) end,
            pause
        )
    end
end
--- Whether the dictionary was large enough. Entries that allow come first, so that nobody is blocked for a moment whom the same feed
-- allows. A feed that has become old meanwhile is left. `previous` is the last one that this worker has written.
function ____exports.writeFeed(feed, previous, pause)
    local generation = readHead().generation + 1
    local allowsFit = writeDecisions(feed, true, generation, pause)
    local othersFit = writeDecisions(feed, false, generation, pause)
    local head = readHead()
    if head.gateway == feed.expected.gateway and isOlder(feed, head) then
        return true
    end
    writeHead(describe(feed, generation))
    if previous ~= nil and previous ~= feed then
        removeVanished(previous, generation, pause)
    end
    return allowsFit and othersFit
end
return ____exports
