local ____exports = {}
local ffi = require("ffi")
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local buffer = ____decode_2Ets.decoded
local MAX_FOLDED = 2048
local folded = ffi.new("uint8_t[?]", MAX_FOLDED)
local BLANK = 32
local QUOTE = 34
local DOLLAR = 36
local APOSTROPHE = 39
local BACKSLASH = 92
local CARET = 94
local BACKQUOTE = 96
local written = 0
--- Whether anything was taken out of the middle of a word: the rest is what everybody writes.
local isPieced = false
--- What words of commands and paths are made of.
local inWord = ffi.new("uint8_t[256]")
for byte = 97, 122 do
    inWord[byte] = 1
    inWord[byte - 32] = 1
end
inWord[47] = 1
--- Index behind what a shell takes for nothing at `i`: empty quotes and expansions; `i` itself where there is none.
local function skipNothing(i, to)
    local byte = buffer[i]
    local next = i + 1 < to and buffer[i + 1] or 0
    if byte == DOLLAR then
        local isEmpty = next == 64 or next == 42 or next == 33 or next >= 49 and next <= 57
        if isEmpty then
            return i + 2
        end
        return next == 40 and i + 2 < to and buffer[i + 2] == 41 and i + 3 or i
    end
    if byte == BACKQUOTE then
        return next == BACKQUOTE and i + 2 or i
    end
    if byte == BACKSLASH and (next == 10 or next == 13) then
        return i + 2
    end
    local isMask = byte == QUOTE or byte == APOSTROPHE or byte == BACKSLASH or byte == CARET
    return isMask and next ~= BACKSLASH and i + 1 or i
end
--- Index behind `$IFS`, `${IFS}` or `$IFS$9` at `i`, which stands for a blank; `i` itself where there is none.
local function skipSeparator(i, to)
    local start = buffer[i + 1] == 123 and i + 2 or i + 1
    if buffer[i] ~= DOLLAR or start + 3 > to then
        return i
    end
    local isName = bit.bor(buffer[start], 32) == 105 and bit.bor(buffer[start + 1], 32) == 102 and bit.bor(buffer[start + 2], 32) == 115
    if not isName then
        return i
    end
    local ____end = start + 3
    while ____end < to and start == i + 2 and buffer[____end] ~= 125 and ____end < start + 12 do
        ____end = ____end + 1
    end
    return start == i + 2 and ____end < to and ____end + 1 or ____end
end
--- Where the word that is being written begins, and whether it was in pieces.
local wordFrom = 0
local isWordPieced = false
local function put(byte)
    local small = bit.bor(byte, 32)
    local isLetter = small >= 97 and small <= 122
    if inWord[byte] == 0 then
        wordFrom = written + 1
        isWordPieced = false
    end
    folded[written] = isLetter and small - (isWordPieced and 32 or 0) or byte
    written = written + 1
end
--- What is written of the word so far becomes capitals, once.
local function markWord()
    if isWordPieced then
        return
    end
    isWordPieced = true
    isPieced = true
    for i = wordFrom, written - 1 do
        if folded[i] >= 97 and folded[i] <= 122 then
            folded[i] = folded[i] - 32
        end
    end
end
--- The text as a shell reads it: quotes, escapes and empty expansions taken out of words, `$IFS` as a blank; words that were in pieces in capitals, all others
-- small. Folds at most MAX_FOLDED bytes of `buffer[from, end)`; nothing where no word was in pieces.
function ____exports.foldShell(from, ____end)
    local to = math.min(____end, from + MAX_FOLDED)
    written = 0
    wordFrom = 0
    isWordPieced = false
    isPieced = false
    local i = from
    while i < to do
        local blank = skipSeparator(i, to)
        local behind = blank > i and blank or skipNothing(i, to)
        if blank > i then
            put(BLANK)
        elseif behind == i then
            put(buffer[i])
        elseif behind < to and inWord[buffer[behind]] == 1 and written > wordFrom then
            markWord()
        end
        i = behind > i and behind or i + 1
    end
    return isPieced and ffi.string(folded, written) or nil
end
return ____exports
