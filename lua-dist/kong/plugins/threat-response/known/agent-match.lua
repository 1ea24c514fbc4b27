local ____exports = {}
local ____clean_2Dvalues_2Ets = require("kong.plugins.threat-response.payload.clean-values")
local createCleanValues = ____clean_2Dvalues_2Ets.createCleanValues
local isKnownClean = ____clean_2Dvalues_2Ets.isKnownClean
local keepClean = ____clean_2Dvalues_2Ets.keepClean
local ____agents_2Ets = require("kong.plugins.threat-response.known.agents")
local AGENTS = ____agents_2Ets.AGENTS
local ____literal_2Dindex_2Ets = require("kong.plugins.threat-response.known.literal-index")
local buildIndex = ____literal_2Dindex_2Ets.buildIndex
local mentions = ____literal_2Dindex_2Ets.mentions
local ____table_2Ets = require("kong.plugins.threat-response.known.table")
local readTable = ____table_2Ets.readTable
local split = ____table_2Ets.split
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local lower = ____string_0.lower
local sub = ____string_0.sub
local function readAgents()
    local words = {}
    for ____, ____table in ipairs(AGENTS) do
        for ____, row in ipairs(readTable(____table)) do
            for ____, word in ipairs(split(row.rest, " or ")) do
                local isOpen = sub(word, -1) == "*"
                words[#words + 1] = {
                    row = row,
                    text = isOpen and sub(word, 1, -2) or word,
                    isOpen = isOpen
                }
            end
        end
    end
    return words
end
____exports.WORDS = readAgents()
--- Ends of words: who has one is looked at closely, once.
local ANCHOR = 8
local texts = {}
for ____, word in ipairs(____exports.WORDS) do
    texts[#texts + 1] = sub(word.text, -ANCHOR)
end
local index = buildIndex({texts})
local function isLetter(code)
    return code ~= nil and code >= 97 and code <= 122
end
--- Whether the word stands in the text by itself. A word that begins or ends with another byte than a letter bounds itself.
local function stands(text, word)
    local isBoundBefore = not isLetter(byte(word.text, 1))
    local isBoundBehind = word.isOpen or not isLetter(byte(word.text, #word.text))
    local from = 1
    while true do
        local start, stop = find(text, word.text, from, true)
        if start == nil then
            return false
        end
        local before = isBoundBefore or start == 1 or not isLetter(byte(text, start - 1))
        local behind = isBoundBehind or not isLetter(byte(text, stop + 1))
        if before and behind then
            return true
        end
        from = start + 1
    end
end
local function findWord(agent)
    local text = lower(agent)
    local best
    for ____, word in ipairs(____exports.WORDS) do
        if (best == nil or word.row.score > best.score) and stands(text, word) then
            best = word.row
        end
    end
    return best
end
local clean = createCleanValues(1000, 256)
--- The strongest row whose words the agent says.
function ____exports.matchAgent(agent)
    if agent == nil or isKnownClean(clean, agent) then
        return nil
    end
    local ____mentions_result_1
    if mentions(index, index.plain, agent) then
        ____mentions_result_1 = findWord(agent)
    else
        ____mentions_result_1 = nil
    end
    local row = ____mentions_result_1
    if row == nil then
        keepClean(clean, agent)
    end
    return row
end
return ____exports
