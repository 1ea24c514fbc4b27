local ____exports = {}
local ffi = require("ffi")
local ____declared_2Ets = require("kong.plugins.threat-response.payload.declared")
local spare = ____declared_2Ets.spare
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local leave = ____inspection_2Ets.leave
local spendLook = ____inspection_2Ets.spendLook
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_NAME = ____rule_2Ets.AT_NAME
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isBinary = ____sift_2Ets.isBinary
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local noteBase64 = ____leaf_2Ets.noteBase64
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local canNest = ____nested_2Dnotes_2Ets.canNest
local noteNested = ____nested_2Dnotes_2Ets.noteNested
local TEXT = ____nested_2Dnotes_2Ets.TEXT
--- A multipart body: the headers of each part, with its name and file name, and its content where that is text.
local MOST_PARTS = 1000
--- Every part costs so much besides what is judged in it.
local PART_COST = 64
local SHORTEST_BASE64 = 12
local QUOTE = 34
local SEMICOLON = 59
local EQUALS = 61
local ____string_0 = string
local find = ____string_0.find
local match = ____string_0.match
local sub = ____string_0.sub
--- Whether the last line had nothing unusual outside its quotes.
local isUsual = false
local function isPlain(byte)
    local lower = bit.bor(byte, 32)
    return lower >= 97 and lower <= 122 or byte >= 48 and byte <= 59 or byte == 32 or byte == 45 or byte == 13
end
--- Judges what the quotes of one line enclose, up to the last one: some write quotes of their own into a file name.
local function judgeQuoted(bytes, from, to, field)
    local last = to
    while last > from and bytes[last - 1] ~= QUOTE do
        last = last - 1
    end
    local best
    local i = from
    isUsual = true
    while i < to do
        if i < last and bytes[i] == QUOTE and bytes[i - 1] == EQUALS then
            local ____end = i + 1
            while ____end < last - 1 and not (bytes[____end] == QUOTE and bytes[____end + 1] == SEMICOLON) do
                ____end = ____end + 1
            end
            noteBase64(
                bytes,
                i + 1,
                ____end,
                "none",
                AT_BODY,
                field
            )
            best = stronger(
                best,
                judgeLeaf(
                    bytes,
                    i + 1,
                    ____end,
                    "none",
                    AT_BODY + AT_NAME,
                    field
                )
            )
            i = ____end
        elseif not isPlain(bytes[i]) and bytes[i] ~= EQUALS then
            isUsual = false
        end
        i = i + 1
    end
    return best
end
local function judgeHead(bytes, from, to, field)
    local best
    local start = from
    while start < to do
        local ____end = start
        while ____end < to and bytes[____end] ~= 10 do
            ____end = ____end + 1
        end
        best = stronger(
            best,
            judgeQuoted(bytes, start, ____end, field)
        )
        if not isUsual then
            best = stronger(
                best,
                judgeLeaf(
                    bytes,
                    start,
                    ____end,
                    "none",
                    AT_BODY + AT_NAME,
                    field
                )
            )
        end
        start = ____end + 1
    end
    return best
end
local function judgeContent(text, bytes, from, to, field)
    local ____end = to
    while ____end > from and (bytes[____end - 1] == 10 or bytes[____end - 1] == 13) do
        ____end = ____end - 1
    end
    if ____end <= from or isBinary(bytes, from, ____end) then
        return nil
    end
    if canNest() and (bytes[from] == 123 or bytes[from] == 91) then
        if noteNested(
            TEXT,
            sub(text, from + 1, ____end),
            AT_BODY,
            field
        ) then
            return nil
        end
    end
    if canNest() and ____end - from >= SHORTEST_BASE64 then
        noteBase64(
            bytes,
            from,
            ____end,
            "none",
            AT_BODY,
            field
        )
    end
    return spare(
        judgeLeaf(
            bytes,
            from,
            ____end,
            "none",
            AT_BODY,
            field
        ),
        AT_BODY
    )
end
--- Judges content in which `=XX` stands for bytes, where the head of its part says so.
local function judgePrintable(text, head, from, to, field)
    local named = find(
        string.lower(head),
        "quoted-printable",
        1,
        true
    )
    if named == nil then
        return nil
    end
    local lines = string.gsub(
        sub(text, from + 1, to),
        "=\r?\n",
        ""
    )
    local percent = string.gsub(lines, "=(%x%x)", "%%%1")
    return judgeLeaf(
        ffi.cast("const uint8_t *", percent),
        0,
        #percent,
        "none",
        AT_BODY,
        field
    )
end
--- Judges the part `bytes[from, to)`, which begins behind its boundary.
local function judgePart(text, bytes, from, to)
    local headEnd, bodyStart = find(text, "\r?\n\r?\n", from + 1)
    if headEnd == nil or headEnd > to then
        return judgeContent(
            text,
            bytes,
            from,
            to,
            "form:"
        )
    end
    local head = sub(text, from + 1, headEnd - 1)
    local quoted = match(head, "[; ][nN][aA][mM][eE]%s*=%s*\"([^\"]*)")
    local bare = unpack(
        quoted == nil and ({match(head, "[; ][nN][aA][mM][eE]%s*=%s*([^;%s]*)")}) or ({quoted}),
        1,
        1
    )
    local field = "form:" .. sub(quoted or bare or "", 1, 64)
    local inHead = stronger(
        judgeHead(bytes, from, headEnd - 1, field),
        judgePrintable(
            text,
            head,
            bodyStart,
            to,
            field
        )
    )
    return stronger(
        inHead,
        judgeContent(
            text,
            bytes,
            bodyStart,
            to,
            field
        )
    )
end
--- Judges the parts between `delimiter`; nil and a mark where there are too many.
local function judgeParts(text, bytes, to, delimiter)
    local best
    local at = find(text, delimiter, 1, true)
    if at ~= nil and at > 1 then
        best = judgeContent(
            text,
            bytes,
            0,
            at - 1,
            "form:"
        )
    end
    for _ = 1, MOST_PARTS do
        if at == nil or not spendLook(PART_COST) then
            return best
        end
        local start = at - 1 + #delimiter
        local next = find(text, delimiter, start + 1, true)
        if start < to then
            best = stronger(
                best,
                judgePart(text, bytes, start, next == nil and to or next - 1)
            )
        end
        at = next
    end
    if at ~= nil then
        leave("over_budget")
    end
    return best
end
--- The boundaries that a content type names; parsers differ in which of several they take.
local function boundariesOf(contentType)
    local found = {}
    for quoted in string.gmatch(contentType, "[bB][oO][uU][nN][dD][aA][rR][yY]%s*=%s*\"([^\"]+)\"") do
        found[#found + 1] = quoted
    end
    for bare in string.gmatch(contentType, "[bB][oO][uU][nN][dD][aA][rR][yY]%s*=%s*([^\";,%s]+)") do
        found[#found + 1] = bare
    end
    return found
end
--- Judges a multipart body by each boundary that is named and occurs, else by the one it begins with.
function ____exports.judgeMultipart(text, bytes, to, contentType)
    local best
    local parsed = 0
    for ____, boundary in ipairs(boundariesOf(contentType)) do
        local delimiter = "--" .. boundary
        local at = find(text, delimiter, 1, true)
        if at ~= nil and parsed < 2 then
            parsed = parsed + 1
            best = stronger(
                best,
                judgeParts(text, bytes, to, delimiter)
            )
        end
    end
    if parsed == 1 then
        return best
    end
    leave("malformed")
    if parsed > 1 then
        return best
    end
    local looks = match(text, "^%s*(%-%-[^\r\n]+)")
    local ____temp_1
    if looks == nil then
        ____temp_1 = judgeContent(
            text,
            bytes,
            0,
            to,
            "body"
        )
    else
        ____temp_1 = judgeParts(text, bytes, to, looks)
    end
    return ____temp_1
end
return ____exports
