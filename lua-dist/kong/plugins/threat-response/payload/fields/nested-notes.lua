local ____exports = {}
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local leave = ____inspection_2Ets.leave
local spendLook = ____inspection_2Ets.spendLook
--- Texts with a structure of their own that were found inside values. They wait until the walk that found them is over, so that nothing recurses.
____exports.JSON_TEXT = 1
____exports.URL = 2
____exports.GRAPHQL = 3
--- Behind base64: by its looks.
____exports.TEXT = 4
local MOST = 32
local COST_SHARE = 0.25
local notes = {}
local isOpen = true
local offered = 0
function ____exports.openNotes()
    if #notes > 0 then
        notes = {}
    end
    isOpen = true
end
--- What was noted since the last time. What is found in these is noted again, unless they are the last that are taken.
function ____exports.takeNotes(areLast)
    local taken = notes
    notes = {}
    isOpen = not areLast
    return taken
end
--- How many texts were there to be kept so far, kept or not: where it stays the same nothing was hidden.
function ____exports.noteCount()
    return offered
end
function ____exports.canNest()
    return isOpen
end
--- Keeps a text for later; false where there are too many already, or where the text is itself nested.
function ____exports.noteNested(kind, text, at, field)
    offered = offered + 1
    if not isOpen then
        return false
    end
    if kind == ____exports.TEXT and #notes > 0 and notes[#notes].text == text then
        return true
    end
    if #notes >= MOST or not spendLook(#text * COST_SHARE) then
        leave("over_budget")
        return false
    end
    notes[#notes + 1] = {kind = kind, text = text, at = at, field = field}
    return true
end
return ____exports
