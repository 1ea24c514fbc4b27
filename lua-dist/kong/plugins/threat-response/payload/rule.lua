local ____exports = {}
--- Where a text was found; a rule says where it applies.
____exports.AT_PATH = 1
____exports.AT_QUERY = 2
____exports.AT_BODY = 4
--- Names of parameters and keys of JSON objects.
____exports.AT_NAME = 8
____exports.AT_COOKIE = 16
____exports.AT_HEADER = 32
____exports.AT_AGENT = 64
--- A JSON or XML body as one text, undecoded: for what only shows in the structure.
____exports.AT_STRUCTURE = 128
____exports.AT_VALUE = bit.bor(____exports.AT_QUERY, ____exports.AT_BODY)
--- Everything but the structure of a body.
____exports.ANYWHERE = bit.bor(
    bit.bor(
        bit.bor(
            bit.bor(
                bit.bor(____exports.AT_PATH, ____exports.AT_VALUE),
                ____exports.AT_NAME
            ),
            ____exports.AT_COOKIE
        ),
        ____exports.AT_HEADER
    ),
    ____exports.AT_AGENT
)
--- The literals of one text, separated by `, `: a literal may begin or end with the space that stands for white space.
function ____exports.list(text)
    local literals = {}
    local from = 1
    while true do
        local start, stop = string.find(text, ", ", from, true)
        literals[#literals + 1] = string.sub(text, from, (start or 0) - 1)
        if start == nil then
            return literals
        end
        from = stop + 1
    end
end
--- One expression that holds where any of these does.
function ____exports.anyOf(alternatives)
    return ("(?:" .. table.concat(alternatives, "|")) .. ")"
end
return ____exports
