local ____exports = {}
--- The parts of a text between separators, which are plain text.
function ____exports.split(text, separator)
    local parts = {}
    local from = 1
    while true do
        local start, stop = string.find(text, separator, from, true)
        if start == nil then
            parts[#parts + 1] = string.sub(text, from)
            return parts
        end
        parts[#parts + 1] = string.sub(text, from, start - 1)
        from = stop + 1
    end
end
--- `id | source | date | action score [class] | rest`; nil where a line is not of this form.
local function readRow(line)
    local id, source, date, verdict, rest = string.match(line, "^(%S+) | (.-) | (%S+) | (.-) | (.+)$")
    if id == nil then
        return nil
    end
    local action, score, payloadClass = string.match(verdict, "^(%l+) (%d+) ?(%l*)$")
    if action ~= "block" and action ~= "flag" then
        return nil
    end
    local ____temp_0
    if payloadClass == "" then
        ____temp_0 = nil
    else
        ____temp_0 = payloadClass
    end
    local named = ____temp_0
    return {
        id = id,
        source = source,
        date = date,
        action = action,
        score = tonumber(score),
        class = named,
        rest = rest
    }
end
--- The rows of a table. Blank lines and lines that begin with `#` are for readers only.
function ____exports.readTable(text)
    local rows = {}
    for line in string.gmatch(text, "[^\n]+") do
        local isForReaders = (string.find(line, "^%s*#")) ~= nil or (string.find(line, "%S")) == nil
        local ____isForReaders_1
        if isForReaders then
            ____isForReaders_1 = nil
        else
            ____isForReaders_1 = readRow(line)
        end
        local row = ____isForReaders_1
        if row ~= nil then
            rows[#rows + 1] = row
        elseif not isForReaders then
            error("not a row of a table of known bad things: " .. line)
        end
    end
    return rows
end
return ____exports
