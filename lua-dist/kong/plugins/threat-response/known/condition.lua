local ____exports = {}
local ____request_2Dview_2Ets = require("kong.plugins.threat-response.known.request-view")
local plainBodyOf = ____request_2Dview_2Ets.plainBodyOf
local rawBodyOf = ____request_2Dview_2Ets.rawBodyOf
local ____table_2Ets = require("kong.plugins.threat-response.known.table")
local split = ____table_2Ets.split
function ____exports.parseCondition(text)
    local mark, part, name, relation, literals = string.match(text, "^(!?)(%l+):?([%w._-]*)([~=^$])(.*)$")
    if part == nil then
        return nil
    end
    return {
        part = part,
        name = name,
        relation = relation,
        isNegated = mark == "!",
        literals = split(literals, " or ")
    }
end
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local sub = ____string_0.sub
local function relates(text, relation, literal)
    if relation == "~" then
        return (find(text, literal, 1, true)) ~= nil
    end
    if relation == "^" then
        return sub(text, 1, #literal) == literal
    end
    if relation == "$" then
        return sub(text, -#literal) == literal
    end
    return text == literal
end
--- A parameter's name ends at `=`, `[`, `&` or the end.
local function hasParameter(pairsText, name)
    local text = ("&" .. pairsText) .. "&"
    local sought = "&" .. name
    local from = 1
    while true do
        local start, stop = find(text, sought, from, true)
        if start == nil then
            return false
        end
        local next = byte(text, stop + 1)
        if next == 61 or next == 91 or next == 38 then
            return true
        end
        from = stop + 1
    end
end
--- Several headers of one name count together.
local function headerText(value)
    return string.lower(type(value) == "table" and table.concat(value, "; ") or tostring(value))
end
--- Whether one of the literals is in the header; an empty one only asks for the header itself.
function ____exports.meetsHeader(headers, condition)
    local value = rawget(headers, condition.name)
    if value == nil then
        return false
    end
    local text = headerText(value)
    for ____, literal in ipairs(condition.literals) do
        if relates(text, condition.relation, literal) then
            return true
        end
    end
    return false
end
local function eitherRelates(a, b, relation, literal)
    return relates(a, relation, literal) or relates(b, relation, literal)
end
local function inPath(view, relation, literal)
    return eitherRelates(view.path, view.resolvedPath, relation, literal)
end
local function inQuery(view, relation, literal)
    return eitherRelates(view.query, view.rawQuery, relation, literal)
end
local function inBody(view, relation, literal)
    return eitherRelates(
        rawBodyOf(view),
        plainBodyOf(view),
        relation,
        literal
    )
end
local function isIn(view, condition, literal)
    local ____condition_1 = condition
    local part = ____condition_1.part
    local relation = ____condition_1.relation
    if part == "path" then
        return inPath(view, relation, literal)
    end
    if part == "query" then
        return inQuery(view, relation, literal)
    end
    if part == "body" then
        return inBody(view, relation, literal)
    end
    if part == "input" then
        return inQuery(view, relation, literal) or inBody(view, relation, literal)
    end
    if part == "target" then
        return inPath(view, relation, literal) or inQuery(view, relation, literal)
    end
    if part == "arg" then
        return hasParameter(view.query, literal) or hasParameter(
            plainBodyOf(view),
            literal
        )
    end
    if part == "method" then
        return relates(
            string.lower(view.method),
            relation,
            literal
        )
    end
    if part == "once" then
        return relates(view.oncePath, relation, literal)
    end
    if part == "raw" then
        return relates(view.rawPath, relation, literal)
    end
    return relates(view.rawQuery, relation, literal)
end
function ____exports.holds(condition, view)
    if condition.part == "header" then
        return ____exports.meetsHeader(view.headers, condition) ~= condition.isNegated
    end
    for ____, literal in ipairs(condition.literals) do
        if isIn(view, condition, literal) then
            return not condition.isNegated
        end
    end
    return condition.isNegated
end
return ____exports
