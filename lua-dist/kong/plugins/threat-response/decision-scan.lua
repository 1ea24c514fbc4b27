local ____exports = {}
local LINES_BEFORE_PAUSE = 200
--- What follows the last line end, or a message as the second value.
local function scanText(text, first, visit, pause)
    local position = 1
    local number = first
    while true do
        local ____end = string.find(text, "\n", position, true)
        if ____end == nil then
            return string.sub(text, position), number
        end
        local problem = visit(text, position, ____end, number)
        if problem ~= nil then
            return "", number, problem
        end
        position = ____end + 1
        number = number + 1
        if number % LINES_BEFORE_PAUSE == 0 then
            pause()
        end
    end
end
--- Visits each line, numbered from 1. The first value is how many there were, the second what went wrong.
function ____exports.scanLines(chunks, visit, pause)
    local rest = ""
    local number = 1
    for ____, chunk in ipairs(chunks) do
        local left, next, problem = scanText(rest .. chunk, number, visit, pause)
        if problem ~= nil then
            return number, problem
        end
        rest = left
        number = next
    end
    if rest ~= "" then
        return number, "the last line has no end"
    end
    return number - 1
end
return ____exports
