local ____exports = {}
local ffi = require("ffi")
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
--- Cuts decoded text into tokens: known words, classes of other words and of numbers, quotes, operators. White space and comments are
-- no tokens, but each token knows what stood before it. No strings and no tables: one pass over the buffer, into buffers.
____exports.MAX_TOKENS = 4096
--- What a token is; at most TOKEN_KINDS. Single bytes of punctuation and single letters stand for themselves.
____exports.tokens = ffi.new("uint16_t[?]", ____exports.MAX_TOKENS + 2)
--- Where each token starts in the buffer; the one behind the last tells where that ends.
____exports.starts = ffi.new("int32_t[?]", ____exports.MAX_TOKENS + 2)
--- What stood before each token.
____exports.gaps = ffi.new("uint8_t[?]", ____exports.MAX_TOKENS + 2)
____exports.BEGIN = 1
____exports.END = 2
local CONTROL = 3
local NOT_ASCII = 4
local NUL = 5
--- Three or more of one sign.
local RUN = 6
local HEX_NUMBER = 7
local HEX_WORD = 8
--- `onload`, `onwhatever`: what may be an event's name.
local EVENT_WORD = 9
--- Three or more dots or slashes.
local DOT_RUN = 10
--- From here on: unknown words by length.
local WORD = 16
--- From here on: unknown words with digits in them, by length.
local MIXED_WORD = 24
--- From here on: pairs of signs, as in PAIRS.
local PAIR = 128
--- From here on: numbers by length.
local NUMBER = 200
--- From here on: known words.
____exports.FIRST_WORD = 256
____exports.TOKEN_KINDS = 2048
____exports.GAP_NONE = 0
____exports.GAP_BLANK = 1
____exports.GAP_LINE = 2
____exports.GAP_COMMENT = 3
--- Signs that mean something together. The order is part of the model: only ever append.
local PAIRS = "-- || && ;; :: == != <> <= >= << >> => -> .. // \\\\ </ <! <? <% %> ?> /> ${ #{ %{ {{ }} {% %} $( <( >( () [] {} @@ '' \"\" `` )) (( ** ++ *= += |= !! ]( ); \"> '> ', '( ') (' \")"
local LETTER = 1
local DIGIT = 2
local BLANK = 3
local LINE = 4
local SIGN = 5
local HIGH = 6
local OTHER = 7
local kinds = ffi.new("uint8_t[256]")
local ____pairs = ffi.new("uint8_t[?]", 128 * 128)
local function fillKinds()
    for byte = 0, 255 do
        local kind = byte >= 128 and HIGH or SIGN
        if byte < 32 or byte == 127 then
            kind = OTHER
        end
        if byte >= 97 and byte <= 122 or byte >= 65 and byte <= 90 or byte == 95 then
            kind = LETTER
        end
        if byte >= 48 and byte <= 57 then
            kind = DIGIT
        end
        if byte == 32 or byte == 9 or byte == 11 or byte == 12 or byte == 160 then
            kind = BLANK
        end
        if byte == 10 or byte == 13 then
            kind = LINE
        end
        kinds[byte] = kind
    end
end
local function fillPairs()
    local i = 1
    local pair = PAIR
    while i <= #PAIRS do
        ____pairs[string.byte(PAIRS, i) * 128 + string.byte(PAIRS, i + 1)] = pair
        pair = pair + 1
        i = i + 3
    end
end
--- Of a word's bytes: what each says about the word, 0 for all others; and the byte in lower case.
local IN_WORD = 1
local BEYOND_HEX = 2
local HAS_DIGIT = 4
local wordFlags = ffi.new("uint8_t[256]")
local lowered = ffi.new("uint8_t[256]")
local function fillWordBytes()
    for byte = 0, 255 do
        local lower = byte >= 65 and byte <= 90 and byte + 32 or byte
        local letter = (lower > 102 or lower == 95) and IN_WORD + BEYOND_HEX or IN_WORD
        lowered[byte] = lower
        if kinds[byte] == LETTER then
            wordFlags[byte] = letter
        end
        if kinds[byte] == DIGIT then
            wordFlags[byte] = IN_WORD + HAS_DIGIT
        end
    end
end
fillKinds()
fillPairs()
fillWordBytes()
--- Known words by hash, open addressing: no word is ever compared as text.
local SLOTS = 8192
local wordHashes = ffi.new("int32_t[?]", SLOTS)
local wordTokens = ffi.new("uint16_t[?]", SLOTS)
local function mixByte(hash, byte)
    return bit.bxor(
        bit.bor(
            bit.lshift(hash, 5),
            bit.rshift(hash, 27)
        ),
        byte + bit.arshift(hash, 3)
    )
end
local function slotOf(hash)
    return bit.band(
        bit.bxor(
            bit.bxor(
                hash,
                bit.arshift(hash, 11)
            ),
            bit.arshift(hash, 19)
        ),
        SLOTS - 1
    )
end
local function tokenOfWord(hash)
    local slot = slotOf(hash)
    while wordTokens[slot] ~= 0 do
        if wordHashes[slot] == hash then
            return wordTokens[slot]
        end
        slot = bit.band(slot + 1, SLOTS - 1)
    end
    return 0
end
--- Cold.
function ____exports.forgetWords()
    ffi.fill(wordTokens, SLOTS * 2)
end
--- Makes `word`, in lower case, known as `token`. Cold. The first that is learned stays.
function ____exports.learnWord(word, token)
    local hash = 0
    for i = 1, #word do
        hash = mixByte(
            hash,
            string.byte(word, i)
        )
    end
    if tokenOfWord(hash) ~= 0 then
        return
    end
    local slot = slotOf(hash)
    while wordTokens[slot] ~= 0 do
        slot = bit.band(slot + 1, SLOTS - 1)
    end
    wordHashes[slot] = hash
    wordTokens[slot] = token
end
local function bucketOf(length)
    if length <= 3 then
        return length - 1
    end
    if length <= 5 then
        return 3
    end
    if length <= 8 then
        return 4
    end
    if length <= 15 then
        return 5
    end
    return length <= 31 and 6 or 7
end
--- Where the token just read ends.
local ended = 0
--- A word and the digits in it.
local function readWord(from, to)
    local hash = 0
    local flags = 0
    local ____end = to
    for i = from, to - 1 do
        local byte = decoded[i]
        local flag = wordFlags[byte]
        if flag == 0 then
            ____end = i
            break
        end
        flags = bit.bor(flags, flag)
        hash = mixByte(hash, lowered[byte])
    end
    ended = ____end
    local length = ____end - from
    if length == 1 then
        return bit.bor(decoded[from], 32)
    end
    local token = tokenOfWord(hash)
    if token ~= 0 then
        return token
    end
    if bit.band(flags, HAS_DIGIT) ~= 0 then
        return bit.band(flags, BEYOND_HEX) == 0 and length > 7 and HEX_WORD or MIXED_WORD + bucketOf(length)
    end
    if length > 4 and length < 20 and bit.bor(decoded[from], 32) == 111 and bit.bor(decoded[from + 1], 32) == 110 then
        return EVENT_WORD
    end
    return WORD + bucketOf(length)
end
--- A number; `0x…`; or a word that begins with digits, unless what follows the digits is a known word.
local function readNumber(from, to)
    local i = from
    while i < to and kinds[decoded[i]] == DIGIT do
        i = i + 1
    end
    ended = i
    local digits = i - from
    local number = NUMBER + (digits == 1 and math.min(decoded[from] - 48, 2) or 4 + bucketOf(digits))
    if i >= to or kinds[decoded[i]] ~= LETTER then
        return number
    end
    if digits == 1 and decoded[from] == 48 and bit.bor(decoded[i], 32) == 120 then
        readWord(i, to)
        return HEX_NUMBER
    end
    local word = readWord(i, to)
    if word >= ____exports.FIRST_WORD then
        ended = i
        return number
    end
    local length = ended - from
    return (word == HEX_WORD or word < WORD and length > 7) and HEX_WORD or MIXED_WORD + bucketOf(length)
end
--- One sign, two that mean something together, or a run of one.
local function readSign(byte, from, to)
    local next = from + 1 < to and decoded[from + 1] or 0
    if next == byte and from + 2 < to and decoded[from + 2] == byte then
        local i = from + 3
        while i < to and decoded[i] == byte do
            i = i + 1
        end
        ended = i
        return (byte == 46 or byte == 47 or byte == 92) and DOT_RUN or RUN
    end
    local pair = next < 128 and ____pairs[byte * 128 + next] or 0
    ended = pair == 0 and from + 1 or from + 2
    return pair == 0 and byte or pair
end
local function readOther(byte, kind, from, to)
    local i = from + 1
    if kind == HIGH then
        while i < to and decoded[i] >= 128 do
            i = i + 1
        end
    end
    ended = i
    if kind == HIGH then
        return NOT_ASCII
    end
    return byte == 0 and NUL or CONTROL
end
--- Longest comment that counts as white space.
local MAX_COMMENT = 64
--- No comment ends before this index: whoever opens many is not searched for each.
local unclosedTo = 0
--- Index behind the comment that starts at `from`, or `from`. What MySQL executes inside a comment is text: only its start is skipped.
local function skipComment(from, to)
    local i = from + 2
    if i < to and decoded[i] == 33 then
        i = i + 1
        while i < to and kinds[decoded[i]] == DIGIT do
            i = i + 1
        end
        return i
    end
    local limit = math.min(to - 1, i + MAX_COMMENT)
    i = math.max(i, unclosedTo)
    while i < limit do
        if decoded[i] == 42 and decoded[i + 1] == 47 then
            return i + 2
        end
        i = i + 1
    end
    unclosedTo = math.max(unclosedTo, limit)
    return from
end
--- How far `tokenize` got.
local reached = 0
function ____exports.tokenizedTo()
    return reached
end
--- Cuts `decoded[from, to)`; stops when the buffers are full. Returns the number of tokens.
function ____exports.tokenize(from, to)
    local count = 0
    local gap = ____exports.GAP_NONE
    local i = from
    unclosedTo = from
    while i < to and count < ____exports.MAX_TOKENS do
        local byte = decoded[i]
        local kind = kinds[byte]
        if kind == BLANK then
            if gap == ____exports.GAP_NONE then
                gap = ____exports.GAP_BLANK
            end
            i = i + 1
        elseif kind == LINE then
            gap = ____exports.GAP_LINE
            i = i + 1
        else
            local behind = i
            if byte == 47 and i + 1 < to and decoded[i + 1] == 42 then
                behind = skipComment(i, to)
            elseif byte == 42 and i + 1 < to and decoded[i + 1] == 47 then
                behind = i + 2
            end
            if behind > i then
                gap = ____exports.GAP_COMMENT
                i = behind
            else
                ____exports.starts[count] = i
                ____exports.gaps[count] = gap
                gap = ____exports.GAP_NONE
                local token = 0
                if kind == LETTER then
                    token = readWord(i, to)
                elseif kind == DIGIT then
                    token = readNumber(i, to)
                elseif kind == SIGN then
                    token = readSign(byte, i, to)
                else
                    token = readOther(byte, kind, i, to)
                end
                ____exports.tokens[count] = token
                count = count + 1
                i = ended
            end
        end
    end
    ____exports.starts[count] = i
    ____exports.gaps[count] = gap
    reached = i
    return count
end
return ____exports
