local ____exports = {}
local ffi = require("ffi")
local ____automaton_2Ets = require("kong.plugins.threat-response.payload.automaton")
local buildAutomaton = ____automaton_2Ets.buildAutomaton
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local BLANK = ____byte_2Dclasses_2Ets.BLANK
local CLASSES = ____byte_2Dclasses_2Ets.CLASSES
local HEX = ____byte_2Dclasses_2Ets.HEX
local NOT_HEX = ____byte_2Dclasses_2Ets.NOT_HEX
local OTHER = ____byte_2Dclasses_2Ets.OTHER
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ESCAPE = 255
local PERCENT_SIGN = 37
local PLUS_SIGN = 43
--- All digits are one: a text that has others than the literal is met too. Who asks looks closer then, and the table is smaller by a
-- sixth.
local function withoutDigits(literals)
    local folded = {}
    for ____, list in ipairs(literals) do
        local texts = {}
        for ____, literal in ipairs(list) do
            local text = string.gsub(literal, "%d", "0")
            texts[#texts + 1] = text
        end
        folded[#folded + 1] = texts
    end
    return folded
end
--- The new column of each class of the automaton; what no literal holds stays with OTHER. Returns how many columns there are.
local function numberColumns(literals, columns)
    local width = OTHER + 1
    for _ = 1, CLASSES do
        columns[#columns + 1] = OTHER
    end
    for ____, list in ipairs(literals) do
        for ____, literal in ipairs(list) do
            for i = 1, #literal do
                local byteClass = PLAIN[string.byte(literal, i)]
                if byteClass ~= OTHER and columns[byteClass + 1] == OTHER then
                    columns[byteClass + 1] = width
                    width = width + 1
                end
            end
        end
    end
    return width
end
--- Unused classes share OTHER's column and do not overwrite it: they lead where it leads.
local function narrow(automaton, columns, width)
    local next = ffi.new("uint16_t[?]", automaton.rows * width)
    for row = 0, automaton.rows - 1 do
        for byteClass = 0, CLASSES - 1 do
            next[row * width + columns[byteClass + 1]] = automaton.next[row * CLASSES + byteClass]
        end
    end
    return next
end
local function columnsOfBytes(columns)
    local bytes = ffi.new("uint8_t[256]")
    for byte = 0, 255 do
        bytes[byte] = columns[PLAIN[byte] + 1]
    end
    for digit = 48, 57 do
        bytes[digit] = columns[PLAIN[48] + 1]
    end
    return bytes
end
--- `given[i]` are those of owner `i`: lower case, a space for any white space. Cold.
function ____exports.buildIndex(given)
    local literals = withoutDigits(given)
    local automaton = buildAutomaton(literals)
    local columns = {}
    local width = numberColumns(literals, columns)
    local wire = columnsOfBytes(columns)
    wire[PERCENT_SIGN] = ESCAPE
    local form = columnsOfBytes(columns)
    form[PERCENT_SIGN] = ESCAPE
    form[PLUS_SIGN] = columns[BLANK + 1]
    return {
        next = narrow(automaton, columns, width),
        width = width,
        firstAccepting = automaton.firstAccepting,
        rows = automaton.rows,
        goesOn = automaton.goesOn,
        owners = automaton.owners,
        plain = columnsOfBytes(columns),
        wire = wire,
        form = form
    }
end
--- Whether any literal occurs in `text`, read with `columns`: one of the index's own three. Hot.
function ____exports.mentions(index, columns, text)
    local ____index_0 = index
    local next = ____index_0.next
    local width = ____index_0.width
    local firstAccepting = ____index_0.firstAccepting
    local bytes = ffi.cast("const uint8_t *", text)
    local to = #text
    local state = 0
    local i = 0
    while i < to do
        local column = columns[bytes[i]]
        i = i + 1
        if column == ESCAPE then
            column = index.plain[PERCENT_SIGN]
            if i + 1 < to then
                local high = HEX[bytes[i]]
                local low = HEX[bytes[i + 1]]
                if high ~= NOT_HEX and low ~= NOT_HEX then
                    column = index.plain[high * 16 + low]
                    i = i + 2
                end
            end
        end
        state = next[state * width + column]
        if state >= firstAccepting then
            return true
        end
    end
    return false
end
--- Whose literals occurred since `beginCollecting`, each once.
____exports.collected = {}
--- By owner the last collecting in which it was met.
local met = {}
local collecting = 0
function ____exports.beginCollecting()
    collecting = collecting + 1
end
--- Adds an owner behind the first `count`; returns how many there are then.
function ____exports.collectOwner(owner, count)
    if met[owner + 1] == collecting then
        return count
    end
    met[owner + 1] = collecting
    ____exports.collected[count + 1] = owner
    return count + 1
end
--- Adds the owners of all literals in a decoded text behind the first `count`; returns how many there are then.
function ____exports.collect(index, text, count)
    local ____index_1 = index
    local next = ____index_1.next
    local width = ____index_1.width
    local firstAccepting = ____index_1.firstAccepting
    local rows = ____index_1.rows
    local goesOn = ____index_1.goesOn
    local plain = ____index_1.plain
    local ____index_owners_2 = index.owners
    local from = ____index_owners_2.from
    local list = ____index_owners_2.list
    local bytes = ffi.cast("const uint8_t *", text)
    local total = count
    local state = 0
    for i = 0, #text - 1 do
        state = next[state * width + plain[bytes[i]]]
        if state >= firstAccepting then
            local last = from[state - firstAccepting + 1] - 1
            for k = from[state - firstAccepting], last do
                total = ____exports.collectOwner(list[k], total)
            end
            if state >= rows then
                state = goesOn[state - rows]
            end
        end
    end
    return total
end
return ____exports
