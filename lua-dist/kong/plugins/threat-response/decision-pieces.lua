local ____exports = {}
local ____decision_2Dtable_2Ets = require("kong.plugins.threat-response.decision-table")
local appendText = ____decision_2Dtable_2Ets.appendText
local clearText = ____decision_2Dtable_2Ets.clearText
local textAt = ____decision_2Dtable_2Ets.textAt
--- With key and header within a page of 4 KiB, which nginx gives and takes as a whole.
local PIECE = 4000
local PAGE = 4096
local PIECES_BEFORE_PAUSE = 30
local TRIES_BEFORE_PAUSE = 16
--- Each makes 30 entries leave that were idle for longest.
local MOST_TRIES = 10000
local GENERATION_KEY = "Fg"
--- Of the dictionary's pages, for both sets together; taken while it is still empty.
local RESERVED_SHARE = 4
local MOST_RESERVED = 1400
local MOST_SHARE = 0.75
local dictionary = ngx.shared.threat_response
local BLANK = string.rep(" ", PIECE)
local reserved = 0
local function keyOf(set, piece)
    return (("F" .. tostring(set)) .. ":") .. tostring(piece)
end
--- A number that no other writing has. Drawn anew by time when the dictionary has lost the count.
function ____exports.drawGeneration()
    local drawn = dictionary:incr(
        GENERATION_KEY,
        1,
        math.floor(ngx.now() * 1000) % 2 ^ 29
    )
    return drawn
end
local function isThere(dict, key)
    local ttl = dict:ttl(key)
    return ttl ~= nil
end
--- While the dictionary is mostly empty, room for two feeds is taken from it. In a full one it would have to be found page by page, at the cost
-- of most counters.
function ____exports.reservePieces(pause)
    if dictionary == nil or reserved > 0 then
        return
    end
    local capacity = dictionary:capacity()
    local wanted = math.min(
        MOST_RESERVED,
        math.floor(capacity / RESERVED_SHARE / 2 / PAGE)
    )
    local isEmpty = dictionary:free_space() > capacity / 2
    if wanted == 0 or not (isEmpty or isThere(
        dictionary,
        keyOf(1, wanted - 1)
    )) then
        return
    end
    reserved = wanted
    for piece = 0, wanted - 1 do
        dictionary:add(
            keyOf(0, piece),
            BLANK
        )
        dictionary:add(
            keyOf(1, piece),
            BLANK
        )
        if piece % PIECES_BEFORE_PAUSE == 0 then
            pause()
        end
    end
end
--- Whether it was stored. In a full dictionary room may take several tries, each of which makes others leave.
local function storePiece(dict, key, text, generation, turn)
    for attempt = 1, MOST_TRIES do
        local stored = dict:set(key, text, 0, generation)
        if stored then
            return true
        end
        if attempt % TRIES_BEFORE_PAUSE == 0 and not turn() then
            return false
        end
    end
    return false
end
--- How many pieces a feed takes.
local function countPieces(feed)
    return feed.count == 0 and 0 or math.ceil(feed.length / PIECE)
end
--- Whether the dictionary is large enough for two such feeds, beside what else is in it.
function ____exports.fits(____table)
    return countPieces(____table) * PAGE * 2 <= dictionary:capacity() * MOST_SHARE
end
--- Frees what a set has beyond what such a feed takes and beyond what is reserved.
function ____exports.trimPieces(set, feed, pause)
    local dict = dictionary
    local piece = math.max(
        countPieces(feed),
        reserved
    )
    while isThere(
        dict,
        keyOf(set, piece)
    ) do
        dict:delete(keyOf(set, piece))
        piece = piece + 1
        if piece % PIECES_BEFORE_PAUSE == 0 then
            pause()
        end
    end
end
--- Brings the table's text into the set. False when there is no room for it, or no turn.
function ____exports.writePieces(____table, set, generation, turn)
    local dict = dictionary
    for piece = 0, countPieces(____table) - 1 do
        if piece % PIECES_BEFORE_PAUSE == 0 and not turn() then
            return false
        end
        if not storePiece(
            dict,
            keyOf(set, piece),
            textAt(____table, piece * PIECE, PIECE),
            generation,
            turn
        ) then
            return false
        end
    end
    return true
end
--- The text that the head names, in `table`. False when a piece is gone or of another feed.
function ____exports.readPieces(head, ____table, pause)
    local dict = dictionary
    local count = countPieces(head)
    clearText(____table, count * PIECE)
    for piece = 0, count - 1 do
        local text, generation = dict:get(keyOf(head.set, piece))
        if text == nil or generation ~= head.generation then
            return false
        end
        appendText(____table, text)
        if piece % PIECES_BEFORE_PAUSE == 0 then
            pause()
        end
    end
    ____table.length = head.length
    return true
end
--- The pieces of both sets, in turn; where the last round ended.
local touched = 0
--- What nobody asks for goes first when the dictionary is full. Asking to add a piece moves it away from there without copying it, and
-- tells whether it was gone. False when a piece of the head's feed was.
function ____exports.touchPieces(head, count)
    local dict = dictionary
    local needed = head.latest > ngx.now() and countPieces(head) or 0
    local all = math.max(reserved, needed) * 2
    local isWhole = true
    for _ = 1, math.min(count, all) do
        touched = (touched + 1) % all
        local piece = math.floor(touched / 2)
        local key = keyOf(touched % 2, piece)
        local isGone = dict:add(key, "")
        if isGone then
            dict:delete(key)
            isWhole = isWhole and (piece >= needed or touched % 2 ~= head.set)
        end
    end
    return isWhole
end
return ____exports
