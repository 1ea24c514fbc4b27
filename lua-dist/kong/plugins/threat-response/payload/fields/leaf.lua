local ____exports = {}
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local ENCODED = ____byte_2Dclasses_2Ets.ENCODED
local FORM = ____byte_2Dclasses_2Ets.FORM
local JSON_TEXT = ____byte_2Dclasses_2Ets.JSON_TEXT
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local layersUndone = ____decode_2Ets.layersUndone
local lengthUndone = ____decode_2Ets.lengthUndone
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local automaton = ____evaluate_2Ets.automaton
local judgeValue = ____evaluate_2Ets.judgeValue
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local mayHoldLiteral = ____first_2Dlook_2Ets.mayHoldLiteral
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local leave = ____inspection_2Ets.leave
local spend = ____inspection_2Ets.spend
local spendLookAt = ____inspection_2Ets.spendLookAt
local spent = ____inspection_2Ets.spent
local ____ordinary_2Ets = require("kong.plugins.threat-response.payload.ordinary")
local hashOf = ____ordinary_2Ets.hashOf
local isOrdinary = ____ordinary_2Ets.isOrdinary
local keepOrdinary = ____ordinary_2Ets.keepOrdinary
local LONGEST = ____ordinary_2Ets.LONGEST
local secondHalf = ____ordinary_2Ets.secondHalf
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local holdsLiteral = ____sift_2Ets.holdsLiteral
local isClean = ____sift_2Ets.isClean
local ____base64_2Ets = require("kong.plugins.threat-response.payload.fields.base64")
local fitsBase64 = ____base64_2Ets.fitsBase64
local readBase64 = ____base64_2Ets.readBase64
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local canNest = ____nested_2Dnotes_2Ets.canNest
local noteNested = ____nested_2Dnotes_2Ets.noteNested
local TEXT = ____nested_2Dnotes_2Ets.TEXT
--- Each byte of the exact look costs this part of what a judged byte costs.
local LOOK_SHARE = 0.25
function ____exports.classesOf(encoding)
    if encoding == "json" then
        return JSON_TEXT
    end
    return encoding == "form" and FORM or ENCODED
end
--- Whether a value holds anything that a rule is about.
function ____exports.mayBeMeant(bytes, from, to, encoding)
    local affordable = spendLookAt(to - from, LOOK_SHARE)
    return affordable > 0 and holdsLiteral(
        automaton,
        ____exports.classesOf(encoding),
        bytes,
        from,
        from + affordable
    )
end
--- Whether a value that the first look has noticed holds anything that a rule is about.
function ____exports.deservesJudging(bytes, from, to, encoding)
    return not isClean(bytes, from, to) and ____exports.mayBeMeant(bytes, from, to, encoding)
end
--- What a form or a query has to escape is one layer, and is undone where base64 is read.
local OWN_LAYERS = 1
--- Looks behind base64 whose signs were escaped once more, which shows only now that this is undone; whether there was any.
local function noteUndoneBase64(encoding, at, field)
    local layers = layersUndone()
    if layers == 0 or encoding == "form" and layers == OWN_LAYERS then
        return false
    end
    if not canNest() then
        return true
    end
    local text = readBase64(
        decoded,
        0,
        lengthUndone(),
        "none"
    )
    if text ~= nil then
        noteNested(TEXT, text, at, field)
    end
    return text ~= nil
end
--- Above the places of rule.ts.
local MEANINGS = {none = 0, form = 256, json = 512}
--- Whether the value that was judged last may hide a text.
local hidesText = false
local function judgeAnew(bytes, from, to, encoding, at, field)
    local found = judgeValue(
        bytes,
        from,
        to,
        encoding,
        at,
        field
    )
    hidesText = noteUndoneBase64(encoding, at, field)
    return found
end
--- Judges a value that is known to deserve it, as far as the request's budget goes.
function ____exports.judgeWithin(bytes, from, to, encoding, at, field)
    local affordable = spend(to - from)
    if affordable == 0 then
        return nil
    end
    if affordable > LONGEST then
        return judgeAnew(
            bytes,
            from,
            from + affordable,
            encoding,
            at,
            field
        )
    end
    local first = hashOf(
        bytes,
        from,
        from + affordable,
        at + MEANINGS[encoding],
        0
    )
    local second = secondHalf()
    if isOrdinary(first, second) then
        return nil
    end
    local before = spent()
    local found = judgeAnew(
        bytes,
        from,
        from + affordable,
        encoding,
        at,
        field
    )
    if found == nil and not hidesText and not isSpent() then
        keepOrdinary(
            first,
            second,
            spent() - before
        )
    end
    return found
end
--- Looks at a value, first briefly, and judges it where it deserves that.
function ____exports.judgeLeaf(bytes, from, to, encoding, at, field)
    if not mayHoldLiteral(bytes, from, to) or not ____exports.deservesJudging(bytes, from, to, encoding) then
        return nil
    end
    return ____exports.judgeWithin(
        bytes,
        from,
        to,
        encoding,
        at,
        field
    )
end
--- Looks behind base64; the text behind it is judged with what else is nested.
function ____exports.noteBase64(bytes, from, to, encoding, at, field)
    local text = readBase64(bytes, from, to, encoding)
    if text == nil then
        return
    end
    if not fitsBase64(to - from) then
        leave("over_budget")
    end
    noteNested(TEXT, text, at, field)
end
return ____exports
