local ____exports = {}
local ____graphql_2Ets = require("kong.plugins.threat-response.payload.fields.graphql")
local operationCount = ____graphql_2Ets.operationCount
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local noteCount = ____nested_2Dnotes_2Ets.noteCount
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local spent = ____inspection_2Ets.spent
local uninspectedReason = ____inspection_2Ets.uninspectedReason
local ____ordinary_2Ets = require("kong.plugins.threat-response.payload.ordinary")
local holdPart = ____ordinary_2Ets.holdPart
local keepHeldPart = ____ordinary_2Ets.keepHeldPart
local keepOrdinaryPart = ____ordinary_2Ets.keepOrdinaryPart
--- Parts of a request that turn out to be ordinary are known again. One that hides texts is ordinary only when they are, too: that shows in the end, and
-- is known of the part where no other hides any.
local notesAtFirst = 0
local isHeld = false
local heldCost = 0
local heldNotes = 0
function ____exports.beginParts()
    isHeld = false
    notesAtFirst = noteCount()
end
--- What counts for the whole request, as operations do, or has to be told of it, is looked at each time.
local function isWhole()
    return not isSpent() and uninspectedReason() == nil and operationCount() == 0
end
--- Of the part that `isOrdinaryPart` was asked for last; `notes` and `before` are what `noteCount` and `spent` said before it was judged.
function ____exports.settlePart(found, notes, before)
    if found ~= nil or not isWhole() then
        return
    end
    local cost = spent() - before
    local count = noteCount() - notes
    if count == 0 then
        keepOrdinaryPart(cost)
        return
    end
    holdPart()
    isHeld = true
    heldNotes = count
    heldCost = cost
end
--- All parts have been judged, but for the texts they hide: forgets the part that hides some, unless it is the only one.
function ____exports.closeParts()
    if noteCount() - notesAtFirst ~= heldNotes then
        isHeld = false
    end
end
--- The hidden texts have been judged, for `cost`.
function ____exports.settleHidden(found, cost)
    if isHeld and found == nil and isWhole() then
        keepHeldPart(heldCost + cost)
    end
    isHeld = false
end
return ____exports
