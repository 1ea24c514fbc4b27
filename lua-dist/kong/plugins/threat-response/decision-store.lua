local ____exports = {}
local ____address_2Ets = require("kong.plugins.threat-response.address")
local unmap = ____address_2Ets.unmap
local ____decision_2Dentry_2Ets = require("kong.plugins.threat-response.decision-entry")
local decodeAt = ____decision_2Dentry_2Ets.decodeAt
local enterJudged = ____decision_2Dentry_2Ets.enterJudged
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local createKey = ____decision_2Dkey_2Ets.createKey
local isSame = ____decision_2Dkey_2Ets.isSame
local setAddress = ____decision_2Dkey_2Ets.setAddress
local setAround = ____decision_2Dkey_2Ets.setAround
local ____decision_2Dpieces_2Ets = require("kong.plugins.threat-response.decision-pieces")
local readPieces = ____decision_2Dpieces_2Ets.readPieces
local ____decision_2Dtable_2Ets = require("kong.plugins.threat-response.decision-table")
local clearDecisions = ____decision_2Dtable_2Ets.clearDecisions
local createTable = ____decision_2Dtable_2Ets.createTable
local firstPlace = ____decision_2Dtable_2Ets.firstPlace
local nextPlace = ____decision_2Dtable_2Ets.nextPlace
--- The decisions in force. Their text is in the shared dictionary (`decision-pieces.ts`); a head there says which feed counts. Each worker
-- has that feed in a table of its own and looks up only there. When the head names another feed, the worker fills its second table, while
-- the first stays in force, and then changes them over.
local HEAD_KEY = "F"
--- Set by a worker that could not get what the head names.
local WANTED_KEY = "Fw"
local WANTED_S = 60
--- How old the head may be that a worker goes by.
local HEAD_AGE_S = 0.1
local RETRY_S = 0.5
local PAUSE_S = 0.001
local MAX_DECODED = 10000
local NO_HEAD = {
    generation = 0,
    set = 0,
    gateway = "",
    epoch = 0,
    sequence = 0,
    length = 0,
    count = 0,
    latest = 0
}
local dictionary = ngx.shared.threat_response
____exports.hasDictionary = dictionary ~= nil
local head = NO_HEAD
local headText
local headReadAt = 0
local active = createTable()
local spare = createTable()
--- Whether somebody fills the spare table, or needs it to stay as it is.
local isTaken = false
local followAfter = 0
--- What lines say, by place.
local decoded = {}
local decodedCount = 0
local address = createKey()
local around = createKey()
--- The table to fill with the next feed; undefined while that is being done already. `release` has to follow.
function ____exports.takeSpare()
    if isTaken then
        return nil
    end
    isTaken = true
    return spare
end
function ____exports.release()
    isTaken = false
end
--- From now on the spare table counts.
local function activate(generation)
    local next = spare
    next.generation = generation
    spare = active
    active = next
    decoded = {}
    decodedCount = 0
end
local function forget(____table)
    ____table.generation = 0
    ____table.gateway = ""
    ____table.epoch = 0
    ____table.sequence = 0
    clearDecisions(____table, 0)
end
local function parseHead(text)
    local generation, set, gateway, epoch, sequence, length, count, latest = string.match(text, "^(%d+) ([01]) ([^ ]+) (%d+) (%d+) (%d+) (%d+) (%d+)$")
    if generation == nil then
        return NO_HEAD
    end
    return {
        generation = tonumber(generation),
        set = tonumber(set),
        gateway = gateway,
        epoch = tonumber(epoch),
        sequence = tonumber(sequence),
        length = tonumber(length),
        count = tonumber(count),
        latest = tonumber(latest)
    }
end
--- The head as it is now.
function ____exports.readHead()
    headReadAt = ngx.now()
    if dictionary ~= nil then
        local text = dictionary:get(HEAD_KEY)
        if text ~= headText then
            headText = text
            head = type(text) == "string" and parseHead(text) or NO_HEAD
        end
    end
    return head
end
--- The feed of the head counts from now on, which is in the table and, where there is one, in the dictionary.
function ____exports.switchTo(next, ____table)
    if dictionary == nil then
        head = next
    else
        local ____next_0 = next
        local generation = ____next_0.generation
        local set = ____next_0.set
        local gateway = ____next_0.gateway
        local epoch = ____next_0.epoch
        local sequence = ____next_0.sequence
        local length = ____next_0.length
        local count = ____next_0.count
        local latest = ____next_0.latest
        local place = (((string.format("%d", generation) .. " ") .. tostring(set)) .. " ") .. gateway
        dictionary:set(
            HEAD_KEY,
            string.format(
                "%s %d %d %d %d %d",
                place,
                epoch,
                sequence,
                length,
                count,
                latest
            )
        )
        ____exports.readHead()
    end
    if ____table == active then
        active.generation = next.generation
    else
        activate(next.generation)
    end
end
--- No decision is in force any more.
function ____exports.clearStore()
    if dictionary ~= nil then
        dictionary:delete(HEAD_KEY)
    end
    head = NO_HEAD
    headText = nil
    forget(active)
end
local function pause()
    ngx.sleep(PAUSE_S)
end
local function fill(____table, from)
    clearDecisions(____table, from.count)
    ____table.gateway = from.gateway
    ____table.epoch = from.epoch
    ____table.sequence = from.sequence
    return from.latest <= ngx.now() or readPieces(from, ____table, pause) and enterJudged(____table, pause)
end
--- Gets what the head names. When that is not possible the worker that polls is asked to write it again.
local function follow()
    local from = head
    local ok, isFilled = pcall(fill, spare, from)
    if ok and isFilled == true then
        activate(from.generation)
    elseif ____exports.readHead().generation == from.generation then
        followAfter = ngx.now() + RETRY_S
        if dictionary ~= nil then
            dictionary:set(WANTED_KEY, from.generation, WANTED_S)
        end
    end
    ____exports.release()
end
--- Begins to follow the head when this worker does not have what it names. A head that got lost ends nothing.
function ____exports.noticeHead()
    local ____exports_readHead_result_5 = ____exports.readHead()
    local generation = ____exports_readHead_result_5.generation
    if dictionary == nil or generation == 0 or generation == active.generation then
        return
    end
    if ngx.now() >= followAfter and ____exports.takeSpare() ~= nil then
        local started = ngx.timer.at(0, follow)
        isTaken = started ~= nil and started ~= false
    end
end
--- The decisions this worker goes by, unless the head names others.
function ____exports.tableOfHead()
    local ____exports_readHead_result_6 = ____exports.readHead()
    local generation = ____exports_readHead_result_6.generation
    return (generation == 0 or generation == active.generation) and active or nil
end
--- Whether a head got lost that this worker has followed.
function ____exports.isHeadLost()
    return ____exports.readHead().generation == 0 and active.generation ~= 0
end
--- Whether a worker has missed something since the last call.
function ____exports.takeWanted()
    if dictionary == nil then
        return false
    end
    local wanted = dictionary:get(WANTED_KEY)
    if wanted ~= nil then
        dictionary:delete(WANTED_KEY)
    end
    return wanted ~= nil and wanted == head.generation
end
local function decisionAt(place)
    local known = decoded[place]
    if known ~= nil then
        return known
    end
    if decodedCount >= MAX_DECODED then
        decoded = {}
        decodedCount = 0
    end
    local decision = decodeAt(active, place)
    if decision ~= nil then
        decoded[place] = decision
        decodedCount = decodedCount + 1
    end
    return decision
end
--- The stronger of `best` and what there is about exactly this key and has not expired.
local function choose(best, key)
    local chosen = best
    local place = firstPlace(active, key)
    while place ~= 0 do
        local decision = decisionAt(place)
        if decision ~= nil and decision.expires > ngx.now() and isSame(decision.key, key) then
            if chosen == nil or decision.rank < chosen.rank then
                chosen = decision
            end
        end
        place = nextPlace(active)
    end
    return chosen
end
--- The strongest decision in force for an address (4 or 16 bytes): its own, or that of a range around it.
function ____exports.findDecision(binary, gateway)
    if ngx.now() - headReadAt > HEAD_AGE_S then
        ____exports.noticeHead()
    end
    if active.count == 0 or active.gateway ~= gateway then
        return nil
    end
    local bytes = unmap(binary)
    setAddress(address, bytes)
    local best = choose(nil, address)
    for ____, tag in ipairs(#bytes == 4 and active.ranges4 or active.ranges6) do
        setAround(around, address, tag)
        best = choose(best, around)
    end
    return best
end
--- Which feed the decisions in force are from.
function ____exports.feedPosition()
    return ____exports.readHead().generation == 0 and active or head
end
return ____exports
