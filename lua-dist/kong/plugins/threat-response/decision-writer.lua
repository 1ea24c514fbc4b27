local ____exports = {}
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.decision-feed")
local isOlder = ____decision_2Dfeed_2Ets.isOlder
local ____decision_2Dhead_2Ets = require("kong.plugins.threat-response.decision-head")
local hasDictionary = ____decision_2Dhead_2Ets.hasDictionary
local readHead = ____decision_2Dhead_2Ets.readHead
local ____decision_2Dpieces_2Ets = require("kong.plugins.threat-response.decision-pieces")
local drawGeneration = ____decision_2Dpieces_2Ets.drawGeneration
local fits = ____decision_2Dpieces_2Ets.fits
local reservePieces = ____decision_2Dpieces_2Ets.reservePieces
local trimPieces = ____decision_2Dpieces_2Ets.trimPieces
local writePieces = ____decision_2Dpieces_2Ets.writePieces
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local switchTo = ____decision_2Dstore_2Ets.switchTo
local function describe(____table, generation, set)
    local ____table_0 = ____table
    local gateway = ____table_0.gateway
    local epoch = ____table_0.epoch
    local sequence = ____table_0.sequence
    local length = ____table_0.length
    local count = ____table_0.count
    local latest = ____table_0.latest
    return {
        generation = generation,
        set = set,
        gateway = gateway,
        epoch = epoch,
        sequence = sequence,
        length = length,
        count = count,
        latest = latest
    }
end
local NOTHING = {count = 0, length = 0}
--- Brings a table with a verified feed into force, for all workers where they share a dictionary. False when that is too small: then what was in
-- force stays. So it does when another worker has written meanwhile, or the feed has become old. The table must be taken (`takeSpare`).
function ____exports.publish(____table, pause)
    if not hasDictionary then
        switchTo(
            describe(
                ____table,
                readHead().generation + 1,
                0
            ),
            ____table
        )
        return true
    end
    reservePieces(pause)
    local before = readHead()
    local set = 1 - before.set
    local generation = drawGeneration()
    local function isFirst()
        return readHead().generation == before.generation
    end
    local function turn()
        pause()
        return isFirst()
    end
    local isWritten = fits(____table) and writePieces(____table, set, generation, turn)
    if not isFirst() or before.gateway == ____table.gateway and isOlder(____table, before) then
        return true
    end
    if isWritten then
        switchTo(
            describe(____table, generation, set),
            ____table
        )
        trimPieces(before.set, ____table, pause)
    end
    trimPieces(set, isWritten and ____table or NOTHING, pause)
    return isWritten
end
return ____exports
