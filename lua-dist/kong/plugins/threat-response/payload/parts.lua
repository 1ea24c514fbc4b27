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
local keepOrdinaryPart = ____ordinary_2Ets.keepOrdinaryPart
--- Parts of a request that turn out to be ordinary are known again. One that hides texts is ordinary only when they are, too: that shows in the end, and
-- is known of the part where no other hides any.
local notesAtFirst = 0
local held
local heldPart = 0
local heldSalt = 0
local heldCost = 0
local heldNotes = 0
function ____exports.beginParts()
    held = nil
    notesAtFirst = noteCount()
end
--- What counts for the whole request, as operations do, or has to be told of it, is looked at each time.
local function isWhole()
    return not isSpent() and uninspectedReason() == nil and operationCount() == 0
end
--- `notes` and `before` are what `noteCount` and `spent` said before the part was judged.
function ____exports.settlePart(text, part, salt, found, notes, before)
    if found ~= nil or not isWhole() then
        return
    end
    local cost = spent() - before
    local count = noteCount() - notes
    if count == 0 then
        keepOrdinaryPart(text, part, salt, cost)
        return
    end
    heldNotes = count
    held = text
    heldPart = part
    heldSalt = salt
    heldCost = cost
end
--- All parts have been judged, but for the texts they hide: forgets the part that hides some, unless it is the only one.
function ____exports.closeParts()
    if noteCount() - notesAtFirst ~= heldNotes then
        held = nil
    end
end
--- The hidden texts have been judged, for `cost`.
function ____exports.settleHidden(found, cost)
    if held ~= nil and found == nil and isWhole() then
        keepOrdinaryPart(held, heldPart, heldSalt, heldCost + cost)
    end
    held = nil
end
return ____exports
