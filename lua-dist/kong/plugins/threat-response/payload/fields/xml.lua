local ____exports = {}
local ffi = require("ffi")
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local mayHoldLiteral = ____first_2Dlook_2Ets.mayHoldLiteral
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local leave = ____inspection_2Ets.leave
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local deservesJudging = ____leaf_2Ets.deservesJudging
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local judgeWithin = ____leaf_2Ets.judgeWithin
local noteBase64 = ____leaf_2Ets.noteBase64
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local canNest = ____nested_2Dnotes_2Ets.canNest
local noteNested = ____nested_2Dnotes_2Ets.noteNested
local TEXT = ____nested_2Dnotes_2Ets.TEXT
--- XML: text, attributes, CDATA and comments as values; declarations, instructions and tags for what only shows in the structure.
local OPEN = 60
local CLOSE = 62
local QUOTE = 34
local APOSTROPHE = 39
local BANG = 33
local BRACKET = 91
local BRACKET_CLOSE = 93
local MINUS = 45
--- Nothing shorter holds anything inside.
local SHORTEST_NESTED = 12
local OPEN_BRACE = 123
--- Judges a value, and what is nested in it.
local function judgeInner(bytes, from, to, field)
    if to - from >= SHORTEST_NESTED and canNest() then
        if bytes[from] == OPEN_BRACE or bytes[from] == BRACKET then
            if noteNested(
                TEXT,
                ffi.string(bytes + from, to - from),
                AT_BODY,
                field
            ) then
                return nil
            end
        end
        noteBase64(
            bytes,
            from,
            to,
            "none",
            AT_BODY,
            field
        )
    end
    return judgeLeaf(
        bytes,
        from,
        to,
        "none",
        AT_BODY,
        field
    )
end
--- Judges the quoted values inside one tag, `bytes[from, to)`.
local function judgeAttributes(bytes, from, to)
    local best
    local i = from
    while i < to and not isSpent() do
        local quote = bytes[i]
        i = i + 1
        if quote == QUOTE or quote == APOSTROPHE then
            local ____end = i
            while ____end < to and bytes[____end] ~= quote do
                ____end = ____end + 1
            end
            best = stronger(
                best,
                judgeInner(bytes, i, ____end, "xml:attribute")
            )
            i = ____end + 1
        end
    end
    return best
end
local function judgeText(bytes, from, to)
    local start = from
    local ____end = to
    while start < ____end and bytes[start] <= 32 do
        start = start + 1
    end
    while ____end > start and bytes[____end - 1] <= 32 do
        ____end = ____end - 1
    end
    return judgeInner(bytes, start, ____end, "xml:text")
end
--- Judges a tag, a declaration or an instruction, without its angles.
local function judgeTag(bytes, from, to)
    if not mayHoldLiteral(bytes, from - 1, to) or not deservesJudging(bytes, from - 1, to, "none") then
        return nil
    end
    local whole = judgeWithin(
        bytes,
        from - 1,
        to,
        "none",
        AT_STRUCTURE,
        "xml"
    )
    return stronger(
        whole,
        judgeAttributes(bytes, from, to)
    )
end
--- Index of the `>` behind two bytes `mark`, as of `-->` and `]]>`, or `to`.
local function endBehind(bytes, i, to, mark)
    local ____end = i
    while ____end < to and not (bytes[____end] == CLOSE and bytes[____end - 1] == mark and bytes[____end - 2] == mark) do
        ____end = ____end + 1
    end
    return ____end
end
--- Index of the `>` of a declaration, behind the `]` of its inner part, or `to`.
local function endOfDeclaration(bytes, i, to)
    local inner = false
    local ____end = i
    while ____end < to do
        local byte = bytes[____end]
        if byte == BRACKET then
            inner = true
        elseif byte == BRACKET_CLOSE then
            inner = false
        elseif byte == CLOSE and not inner then
            return ____end
        end
        ____end = ____end + 1
    end
    return ____end
end
local function endOfTag(bytes, i, to)
    local ____end = i
    while ____end < to and bytes[____end] ~= CLOSE do
        ____end = ____end + 1
    end
    return ____end
end
local readTo = 0
--- Judges what begins with the `<` at `open`; `readTo` is then at its `>`.
local function judgeMarkup(bytes, open, to)
    local from = open + 1
    if bytes[from] ~= BANG then
        readTo = endOfTag(bytes, from, to)
        return judgeTag(bytes, from, readTo)
    end
    if bytes[from + 1] == BRACKET and from + 8 < to then
        readTo = endBehind(bytes, from + 8, to, BRACKET_CLOSE)
        return judgeText(
            bytes,
            from + 8,
            math.max(from + 8, readTo - 2)
        )
    end
    if bytes[from + 1] == MINUS then
        readTo = endBehind(bytes, from + 3, to, MINUS)
        local instruction = judgeTag(bytes, from, readTo)
        return stronger(
            instruction,
            judgeText(
                bytes,
                math.min(from + 3, readTo),
                readTo
            )
        )
    end
    readTo = endOfDeclaration(bytes, from, to)
    return judgeTag(bytes, from, readTo)
end
--- What a document declares is what it is, whatever the addresses and files in it look like.
local function declaredOr(declared, best)
    if declared == nil or best == nil then
        return best
    end
    declared.score = math.max(declared.score, best.score)
    return declared
end
local DECLARED = 70
--- Judges the text of a document as far as it goes.
local function judgeDocument(bytes, to)
    local best
    local declared
    local i = 0
    while i < to and not isSpent() do
        local open = i
        while open < to and bytes[open] ~= OPEN do
            open = open + 1
        end
        if open > i then
            best = stronger(
                best,
                judgeText(bytes, i, open)
            )
        end
        if open >= to then
            break
        end
        local found = judgeMarkup(bytes, open, to)
        if found ~= nil and found.class == "xxe" and found.score >= DECLARED then
            declared = stronger(declared, found)
        end
        best = stronger(best, found)
        if readTo >= to then
            leave("malformed")
        end
        i = readTo + 1
    end
    return declaredOr(declared, best)
end
local SEAM = "]]><![CDATA["
local ____string_0 = string
local find = ____string_0.find
local gsub = ____string_0.gsub
local sub = ____string_0.sub
--- Without comments.
local function withoutComments(text)
    local parts = {}
    local from = 1
    local at = find(text, "<!--", 1, true)
    while at ~= nil do
        parts[#parts + 1] = sub(text, from, at - 1)
        local ____, ____end = find(text, "-->", at + 4, true)
        from = ____end == nil and #text + 1 or ____end + 1
        at = find(text, "<!--", from, true)
    end
    parts[#parts + 1] = sub(text, from)
    return table.concat(parts)
end
--- What a parser puts together: comments and seams of CDATA divide a text for nobody but us.
local function joined(text)
    local comment = find(text, "<!--", 1, true)
    local bare = comment == nil and text or withoutComments(text)
    local seam = find(bare, SEAM, 1, true)
    if seam == nil then
        return bare
    end
    local whole = gsub(bare, "%]%]><!%[CDATA%[", "")
    return whole
end
--- Judges an XML text as it is written and as it is read.
function ____exports.judgeXml(text, bytes)
    local found = judgeDocument(bytes, #text)
    local whole = joined(text)
    if #whole == #text or isSpent() then
        return found
    end
    return stronger(
        found,
        judgeDocument(
            ffi.cast("const uint8_t *", whole),
            #whole
        )
    )
end
return ____exports
