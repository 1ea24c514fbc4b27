local ____exports = {}
local ____address_2Ets = require("kong.plugins.threat-response.address")
local unmap = ____address_2Ets.unmap
local ____decision_2Dentry_2Ets = require("kong.plugins.threat-response.decision-entry")
local addressKey = ____decision_2Dentry_2Ets.addressKey
local decodeEntry = ____decision_2Dentry_2Ets.decodeEntry
local rangeKey = ____decision_2Dentry_2Ets.rangeKey
local HEAD_KEY = "F"
--- How old the head may be that a worker goes by.
local HEAD_AGE_S = 0.1
local MAX_DECODED = 10000
local NO_HEAD = {
    generation = 0,
    gateway = "",
    epoch = 0,
    sequence = 0,
    count = 0,
    lengths4 = {},
    lengths6 = {}
}
local dictionary = ngx.shared.threat_response
local ownEntries = {}
local nextEntries = {}
local head = NO_HEAD
local headText
local headReadAt = 0
--- What entries say, by their text: it repeats as long as an address is under a decision.
local decoded = {}
local decodedCount = 0
local function formatLengths(lengths)
    return #lengths > 0 and table.concat(lengths, ",") or "-"
end
local function parseLengths(text)
    local lengths = {}
    for digits in string.gmatch(text, "%d+") do
        lengths[#lengths + 1] = tonumber(digits)
    end
    return lengths
end
local function parseHead(text)
    local generation, gateway, epoch, sequence, count, lengths4, lengths6 = string.match(text, "^(%d+) ([^ ]+) (%d+) (%d+) (%d+) ([^ ]+) ([^ ]+)$")
    if generation == nil then
        return NO_HEAD
    end
    return {
        generation = tonumber(generation),
        gateway = gateway,
        epoch = tonumber(epoch),
        sequence = tonumber(sequence),
        count = tonumber(count),
        lengths4 = parseLengths(lengths4),
        lengths6 = parseLengths(lengths6)
    }
end
--- The head as it is now.
function ____exports.readHead()
    if dictionary ~= nil then
        headReadAt = ngx.now()
        local text = dictionary:get(HEAD_KEY)
        if text ~= headText then
            headText = text
            head = type(text) == "string" and parseHead(text) or NO_HEAD
        end
    end
    return head
end
function ____exports.writeHead(next)
    if dictionary == nil then
        ownEntries = nextEntries
        nextEntries = {}
        head = next
        return
    end
    local numbers = string.format("%d %d %d", next.epoch, next.sequence, next.count)
    local lengths = (formatLengths(next.lengths4) .. " ") .. formatLengths(next.lengths6)
    dictionary:set(
        HEAD_KEY,
        (((((tostring(next.generation) .. " ") .. next.gateway) .. " ") .. numbers) .. " ") .. lengths
    )
    ____exports.readHead()
end
--- No decision is in force any more.
function ____exports.clearStore()
    if dictionary ~= nil then
        dictionary:delete(HEAD_KEY)
    end
    ownEntries = {}
    nextEntries = {}
    head = NO_HEAD
    headText = nil
end
local function bucketOf(buckets, key)
    local index = string.byte(key, -1)
    local known = buckets[index]
    if known ~= nil then
        return known
    end
    local created = {}
    buckets[index] = created
    return created
end
--- What this generation has written under the key so far.
function ____exports.readWritten(key, generation)
    if dictionary == nil then
        return bucketOf(nextEntries, key)[key]
    end
    local entry, writtenIn = dictionary:get(key)
    local ____temp_2
    if writtenIn == generation then
        ____temp_2 = entry
    else
        ____temp_2 = nil
    end
    return ____temp_2
end
--- False when the dictionary is too small: something that was still valid had to go.
function ____exports.writeEntry(key, entry, ttl, generation)
    if dictionary == nil then
        bucketOf(nextEntries, key)[key] = entry
        return true
    end
    local stored, ____, evicted = dictionary:set(key, entry, ttl, generation)
    return stored and evicted ~= true
end
--- Frees what no generation since has written again; it has not counted any more.
function ____exports.removeOlder(key, generation)
    if dictionary ~= nil then
        local entry, writtenIn = dictionary:get(key)
        if entry ~= nil and (writtenIn or 0) < generation then
            dictionary:delete(key)
        end
    end
end
local function readEntry(key)
    if dictionary == nil then
        local ____opt_3 = ownEntries[string.byte(key, -1)]
        return ____opt_3 and ____opt_3[key]
    end
    local entry, generation = dictionary:get(key)
    return entry ~= nil and (generation or 0) >= head.generation and entry or nil
end
local function decode(entry)
    local known = decoded[entry]
    if known ~= nil then
        return known
    end
    if decodedCount >= MAX_DECODED then
        decoded = {}
        decodedCount = 0
    end
    local decisions = decodeEntry(entry)
    decoded[entry] = decisions
    decodedCount = decodedCount + 1
    return decisions
end
--- The stronger of `best` and what the entry holds that has not expired.
local function choose(best, key)
    local entry = readEntry(key)
    if entry == nil then
        return best
    end
    local now = ngx.now()
    for ____, decision in ipairs(decode(entry)) do
        if decision.expires > now then
            return (best == nil or decision.rank < best.rank) and decision or best
        end
    end
    return best
end
--- The strongest decision in force for an address (4 or 16 bytes): its own, or that of a range around it.
function ____exports.findDecision(binary, gateway)
    if ngx.now() - headReadAt > HEAD_AGE_S then
        ____exports.readHead()
    end
    if head.count == 0 or head.gateway ~= gateway then
        return nil
    end
    local bytes = unmap(binary)
    local best = choose(
        nil,
        addressKey(bytes)
    )
    for ____, length in ipairs(#bytes == 4 and head.lengths4 or head.lengths6) do
        best = choose(
            best,
            rangeKey(bytes, length)
        )
    end
    return best
end
--- The newest feed of which the decisions are.
function ____exports.feedPosition()
    return ____exports.readHead()
end
return ____exports
