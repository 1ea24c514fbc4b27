local ____exports = {}
local ____address_2Ets = require("kong.plugins.threat-response.address")
local unmap = ____address_2Ets.unmap
local ____decision_2Dentry_2Ets = require("kong.plugins.threat-response.decision-entry")
local decodeAt = ____decision_2Dentry_2Ets.decodeAt
local enterJudged = ____decision_2Dentry_2Ets.enterJudged
local ____decision_2Dhead_2Ets = require("kong.plugins.threat-response.decision-head")
local deleteHead = ____decision_2Dhead_2Ets.deleteHead
local hasDictionary = ____decision_2Dhead_2Ets.hasDictionary
local isHeadOld = ____decision_2Dhead_2Ets.isHeadOld
local readHead = ____decision_2Dhead_2Ets.readHead
local writeHead = ____decision_2Dhead_2Ets.writeHead
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local createKey = ____decision_2Dkey_2Ets.createKey
local isSame = ____decision_2Dkey_2Ets.isSame
local setAddress = ____decision_2Dkey_2Ets.setAddress
local setAround = ____decision_2Dkey_2Ets.setAround
local setNamed = ____decision_2Dkey_2Ets.setNamed
local ____decision_2Doverlays_2Ets = require("kong.plugins.threat-response.decision-overlays")
local addOverlay = ____decision_2Doverlays_2Ets.addOverlay
local beginOverlays = ____decision_2Doverlays_2Ets.beginOverlays
local ____decision_2Dpieces_2Ets = require("kong.plugins.threat-response.decision-pieces")
local readPieces = ____decision_2Dpieces_2Ets.readPieces
local ____decision_2Dshare_2Ets = require("kong.plugins.threat-response.decision-share")
local isInShare = ____decision_2Dshare_2Ets.isInShare
local ____decision_2Dtable_2Ets = require("kong.plugins.threat-response.decision-table")
local clearDecisions = ____decision_2Dtable_2Ets.clearDecisions
local createTable = ____decision_2Dtable_2Ets.createTable
local firstPlace = ____decision_2Dtable_2Ets.firstPlace
local nextPlace = ____decision_2Dtable_2Ets.nextPlace
--- Set by a worker that could not get what the head names.
local WANTED_KEY = "Fw"
local WANTED_S = 60
local RETRY_S = 0.5
local PAUSE_S = 0.001
local MAX_DECODED = 10000
local dictionary = ngx.shared.threat_response
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
local named = createKey()
--- The client whose decisions are looked up, and the strongest among them that only counts.
local client = ""
local logged
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
--- The feed of the head counts from now on, which is in the table and, where there is one, in the dictionary.
function ____exports.switchTo(next, ____table)
    writeHead(next)
    if ____table == active then
        active.generation = next.generation
    else
        activate(next.generation)
    end
end
--- No decision is in force any more.
function ____exports.clearStore()
    deleteHead()
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
    local from = readHead()
    local ok, isFilled = pcall(fill, spare, from)
    if ok and isFilled == true then
        activate(from.generation)
    elseif readHead().generation == from.generation then
        followAfter = ngx.now() + RETRY_S
        if dictionary ~= nil then
            dictionary:set(WANTED_KEY, from.generation, WANTED_S)
        end
    end
    ____exports.release()
end
--- Begins to follow the head when this worker does not have what it names. A head that got lost ends nothing.
function ____exports.noticeHead()
    local ____readHead_result_2 = readHead()
    local generation = ____readHead_result_2.generation
    if not hasDictionary or generation == 0 or generation == active.generation then
        return
    end
    if ngx.now() >= followAfter and ____exports.takeSpare() ~= nil then
        local started = ngx.timer.at(0, follow)
        isTaken = started ~= nil and started ~= false
    end
end
--- The decisions this worker goes by, unless the head names others.
function ____exports.tableOfHead()
    local ____readHead_result_3 = readHead()
    local generation = ____readHead_result_3.generation
    return (generation == 0 or generation == active.generation) and active or nil
end
--- Whether a head got lost that this worker has followed.
function ____exports.isHeadLost()
    return readHead().generation == 0 and active.generation ~= 0
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
    return wanted ~= nil and wanted == readHead().generation
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
--- The stronger of `best` and this one, if that is in force for the client; one that only counts is put aside.
local function chooseOne(best, decision)
    if not isInShare(decision.share, decision.salt, client) then
        return best
    end
    if decision.action == "overlay" then
        addOverlay(decision)
        return best
    end
    if decision.isLogged then
        if logged == nil or decision.rank < logged.rank then
            logged = decision
        end
        return best
    end
    return (best == nil or decision.rank < best.rank) and decision or best
end
--- The stronger of `best` and what there is about exactly this key, from `first` on, and has not expired.
local function chooseFrom(best, key, first)
    local chosen = best
    local place = first
    while place ~= 0 do
        local decision = decisionAt(place)
        if decision ~= nil and decision.expires > ngx.now() and isSame(decision.key, key) then
            chosen = chooseOne(chosen, decision)
        end
        place = nextPlace(active)
    end
    return chosen
end
local function chooseAround(best, tags)
    local chosen = best
    for ____, tag in ipairs(tags) do
        setAround(around, address, tag)
        local place = firstPlace(active, around)
        local ____temp_4
        if place == 0 then
            ____temp_4 = chosen
        else
            ____temp_4 = chooseFrom(chosen, around, place)
        end
        chosen = ____temp_4
    end
    return chosen
end
--- The strongest decision in force for an address (4 or 16 bytes): its own, or that of a range around it. `counted` is what the client is counted
-- by; it is the client of the look-ups by name that follow.
function ____exports.findDecision(binary, gateway, counted)
    if counted == nil then
        counted = ""
    end
    client = counted
    logged = nil
    beginOverlays()
    if isHeadOld() then
        ____exports.noticeHead()
    end
    if active.count == 0 or active.gateway ~= gateway then
        return nil
    end
    local bytes = unmap(binary)
    setAddress(address, bytes)
    local place = firstPlace(active, address)
    local ____temp_5
    if place == 0 then
        ____temp_5 = nil
    else
        ____temp_5 = chooseFrom(nil, address, place)
    end
    local best = ____temp_5
    local tags = #bytes == 4 and active.ranges4 or active.ranges6
    local ____temp_6
    if #tags == 0 then
        ____temp_6 = best
    else
        ____temp_6 = chooseAround(best, tags)
    end
    return ____temp_6
end
--- Whether there are decisions with this tag (`decision-key.ts`).
function ____exports.hasTag(tag, gateway)
    return active.count ~= 0 and active.seen[tag] == 1 and active.gateway == gateway
end
--- The stronger of `best` and what is in force about a credential's hash, a consumer or a route.
function ____exports.findNamed(best, tag, name)
    if not setNamed(named, tag, name) then
        return best
    end
    local place = firstPlace(active, named)
    local ____temp_7
    if place == 0 then
        ____temp_7 = best
    else
        ____temp_7 = chooseFrom(best, named, place)
    end
    return ____temp_7
end
--- For look-ups by name alone.
function ____exports.beginLookup(counted)
    client = counted
    logged = nil
end
--- The strongest that the look-ups met and that only counts.
function ____exports.foundLogged()
    return logged
end
--- Which feed the decisions in force are from.
function ____exports.feedPosition()
    local head = readHead()
    return head.generation == 0 and active or head
end
return ____exports
