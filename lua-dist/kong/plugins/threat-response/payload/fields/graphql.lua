local ____exports = {}
local ffi = require("ffi")
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local limitsNow = ____inspection_2Ets.limitsNow
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
--- A GraphQL operation: not prose and not code, so only its strings and comments are judged as values. What it costs the server
-- counts: how deep it goes, how many aliases it has, whether it asks for the schema. A text with a sign in it that no operation has is
-- none, and is judged as any other text.
local NAME = 1
local IGNORED = 2
local OTHER = 0
local kinds = ffi.new("uint8_t[256]")
for byte = 97, 122 do
    kinds[byte] = NAME
    kinds[byte - 32] = NAME
end
for byte = 48, 57 do
    kinds[byte] = NAME
end
kinds[95] = NAME
for ____, byte in ipairs({
    9,
    10,
    13,
    32,
    44
}) do
    kinds[byte] = IGNORED
end
local QUOTE = 34
local HASH = 35
local DOLLAR = 36
local PAREN_OPEN = 40
local PAREN_CLOSE = 41
local MINUS = 45
local DOT = 46
local COLON = 58
local AT = 64
local BRACE_OPEN = 123
local BRACE_CLOSE = 125
--- `!`, `=` and brackets: in types and values only.
local inArguments = ffi.new("uint8_t[256]")
for ____, byte in ipairs({33, 61, 91, 93}) do
    inArguments[byte] = 1
end
local TOO_COSTLY = 80
local FORBIDDEN = 75
local depth = 0
local deepest = 0
local parens = 0
--- Of all operations of a request: aliases, and whatever else asks for the same once more.
local aliases = 0
local operations = 0
--- Directives in a row.
local directives = 0
--- What tells the last field from others.
local lastField = 0
local introspects = false
local valid = true
local previous = 0
--- More directives on one field than anybody needs.
local MANY_DIRECTIVES = 4
function ____exports.startOperations()
    aliases = 0
    operations = 0
end
--- How many there were.
function ____exports.operationCount()
    return operations
end
--- Whether the last text was an operation.
function ____exports.wasOperation()
    return valid
end
--- Index of what ends a string that begins at `i`, behind its first quote.
local function endOfString(bytes, i, to)
    local ____end = i
    while ____end < to and bytes[____end] ~= QUOTE do
        ____end = ____end + (bytes[____end] == 92 and 2 or 1)
    end
    return math.min(____end, to)
end
local function endOfBlock(bytes, i, to)
    local ____end = i
    while ____end < to and not (bytes[____end] == QUOTE and bytes[____end + 1] == QUOTE and bytes[____end + 2] == QUOTE) do
        ____end = ____end + 1
    end
    return math.min(____end, to)
end
local function endOfLine(bytes, i, to)
    local ____end = i
    while ____end < to and bytes[____end] ~= 10 and bytes[____end] ~= 13 do
        ____end = ____end + 1
    end
    return ____end
end
local readTo = 0
--- Judges the string or comment at `i`; `readTo` is then behind it.
local function judgeQuoted(bytes, i, to, field)
    local isComment = bytes[i] == HASH
    local isBlock = not isComment and i + 2 < to and bytes[i + 1] == QUOTE and bytes[i + 2] == QUOTE
    local start = isBlock and i + 3 or i + 1
    local ____end = isComment and endOfLine(bytes, start, to) or (isBlock and endOfBlock(bytes, start, to) or endOfString(bytes, start, to))
    readTo = ____end + (isComment and 0 or (isBlock and 3 or 1))
    if not isComment and ____end >= to then
        valid = false
    end
    return judgeLeaf(
        bytes,
        start,
        ____end,
        (isComment or isBlock) and "none" or "json",
        AT_BODY,
        field
    )
end
--- Reads the name at `i`; returns the index behind it.
local function readName(bytes, i, to)
    local ____end = i
    while ____end < to and kinds[bytes[____end]] == NAME do
        ____end = ____end + 1
    end
    local isSchema = bytes[i] == 95 and bytes[i + 1] == 95 and parens == 0 and depth > 0
    if isSchema then
        local name = ffi.string(bytes + i, ____end - i)
        introspects = introspects or name == "__schema" or name == "__type"
    end
    if parens == 0 and previous ~= AT then
        directives = 0
        local field = (____end - i) * 65536 + bytes[i] * 256 + bytes[____end - 1]
        if field == lastField and previous == NAME then
            aliases = aliases + 1
        end
        lastField = field
    end
    previous = NAME
    return ____end
end
local function readBrace(byte)
    if parens > 0 then
        return
    end
    if byte == BRACE_CLOSE then
        depth = depth - 1
        valid = valid and depth >= 0 and previous ~= BRACE_OPEN
        return
    end
    valid = valid and previous ~= BRACE_OPEN
    depth = depth + 1
    deepest = math.max(deepest, depth)
end
--- A sign; false where no operation has it.
local function readSign(bytes, i)
    local byte = bytes[i]
    local follower = kinds[bytes[i + 1]]
    if byte == BRACE_OPEN or byte == BRACE_CLOSE then
        readBrace(byte)
    elseif byte == PAREN_OPEN then
        parens = parens + 1
    elseif byte == PAREN_CLOSE then
        parens = parens - 1
        if parens < 0 then
            return false
        end
    elseif byte == COLON then
        if parens == 0 then
            aliases = aliases + 1
        end
        if previous ~= NAME then
            return false
        end
    elseif byte == DOLLAR or byte == AT then
        if follower ~= NAME then
            return false
        end
        if byte == AT then
            directives = directives + 1
            if directives > MANY_DIRECTIVES then
                aliases = aliases + 1
            end
        end
    elseif byte == MINUS then
        if parens == 0 or follower ~= NAME then
            return false
        end
    elseif byte == DOT then
        if parens == 0 and bytes[i + 1] ~= DOT and bytes[i - 1] ~= DOT then
            return false
        end
    elseif inArguments[byte] == 0 or parens == 0 then
        return false
    end
    previous = byte
    return true
end
local function read(bytes, to, field)
    local best
    local i = 0
    while i < to and valid do
        local byte = bytes[i]
        local kind = kinds[byte]
        if kind == NAME then
            i = readName(bytes, i, to)
        elseif kind == IGNORED then
            i = i + 1
        elseif byte == HASH or byte == QUOTE and parens > 0 then
            best = stronger(
                best,
                judgeQuoted(bytes, i, to, field)
            )
            i = readTo
        else
            valid = readSign(bytes, i)
            i = i + 1
        end
    end
    return best
end
local function complaint(field)
    local ____limitsNow_result_0 = limitsNow()
    local graphql_max_depth = ____limitsNow_result_0.graphql_max_depth
    local graphql_max_aliases = ____limitsNow_result_0.graphql_max_aliases
    local graphql_introspection = ____limitsNow_result_0.graphql_introspection
    local isDeep = deepest > graphql_max_depth
    local isWide = aliases > graphql_max_aliases
    if not (isDeep or isWide or introspects and not graphql_introspection) then
        return nil
    end
    local window = isDeep and tostring(deepest) .. " levels" or (isWide and tostring(aliases) .. " aliases" or "introspection")
    local problem = isDeep and "GraphQL operation too deep" or (isWide and "GraphQL request with too many aliases, repetitions or operations" or "GraphQL introspection")
    return {
        class = "graphql",
        score = (isDeep or isWide) and TOO_COSTLY or FORBIDDEN,
        field = field,
        window = window,
        reason = (problem .. " in ") .. field,
        isTold = true
    }
end
--- Judges `bytes[0, to)` as an operation; `wasOperation` tells whether it was one.
function ____exports.judgeOperation(bytes, to, field)
    depth = 0
    deepest = 0
    parens = 0
    introspects = false
    valid = true
    directives = 0
    lastField = 0
    previous = OTHER
    local found = read(bytes, to, field)
    valid = valid and depth == 0 and parens == 0 and deepest > 0
    if valid then
        if operations > 0 then
            aliases = aliases + 1
        end
        operations = operations + 1
    end
    local ____valid_1
    if valid then
        ____valid_1 = stronger(
            found,
            complaint(field)
        )
    else
        ____valid_1 = found
    end
    return ____valid_1
end
return ____exports
