local ____exports = {}
local ffi = require("ffi")
local ____features_2Ets = require("kong.plugins.threat-response.payload.features")
local FEATURES = ____features_2Ets.FEATURES
local first = ____features_2Ets.first
local former = ____features_2Ets.former
local joinGroup = ____features_2Ets.joinGroup
local latter = ____features_2Ets.latter
local second = ____features_2Ets.second
local single = ____features_2Ets.single
local third = ____features_2Ets.third
local ____trained_2Ets = require("kong.plugins.threat-response.payload.model.trained")
local TRAINED = ____trained_2Ets.TRAINED
local ____tokens_2Ets = require("kong.plugins.threat-response.payload.tokens")
local BEGIN = ____tokens_2Ets.BEGIN
local END = ____tokens_2Ets.END
local FIRST_WORD = ____tokens_2Ets.FIRST_WORD
local forgetWords = ____tokens_2Ets.forgetWords
local gaps = ____tokens_2Ets.gaps
local learnWord = ____tokens_2Ets.learnWord
local starts = ____tokens_2Ets.starts
local tokenize = ____tokens_2Ets.tokenize
local tokenizedTo = ____tokens_2Ets.tokenizedTo
local tokens = ____tokens_2Ets.tokens
--- A feature that returns within so many tokens does not count again.
local SPAN = 64
--- Zero in the rows of a model, written as bytes from 35 on; a backslash is written as a tilde.
local ZERO = 80
--- Of each feature its weight in the lowest eight bits, and in the others when it was last seen: both are asked for together, and each place
-- is one that no cache holds.
local features = ffi.new("int32_t[?]", FEATURES)
local WEIGHT = 255
local SEEN = 8
local decay = 0
function ____exports.weightAt(text, i)
    local byte = string.byte(text, i)
    return (byte == 126 and 92 or byte) - ZERO
end
--- Numbers known words in their order.
function ____exports.learnWords(groups)
    forgetWords()
    local token = FIRST_WORD
    local group = FIRST_WORD
    for ____, words in ipairs(groups) do
        local start = 1
        while start <= #words do
            local space = string.find(words, " ", start, true)
            local ____end = space or #words + 1
            learnWord(
                string.sub(words, start, ____end - 1),
                token
            )
            joinGroup(token, group)
            token = token + 1
            start = ____end + 1
        end
        group = group + 1
    end
end
--- Cold: once at load.
function ____exports.loadModel(model)
    ____exports.learnWords(model.words)
    for i = 1, FEATURES do
        features[i - 1] = bit.band(
            ____exports.weightAt(model.weights, i),
            WEIGHT
        )
    end
    decay = model.decay
end
____exports.loadModel(TRAINED)
TRAINED.weights = ""
TRAINED.words = {}
--- Of the text being scored: the sum so far, where its window began, and the best window so far.
local sum = 0
local windowFrom = 0
local windowStart = 0
local before = BEGIN
local previous = BEGIN
local best = 0
local bestFrom = 0
local bestTo = 0
--- Counts tokens over all texts, so that what was seen in a former one is long ago.
local clock = SPAN
local CLOCK_END = 8000000
--- The weight in `feature` where it was not seen since `floor`, else 0.
local function freshWeight(feature, floor)
    return bit.band(
        bit.arshift(
            bit.lshift(feature, 24),
            24
        ),
        bit.arshift(
            bit.arshift(feature, SEEN) - floor,
            31
        )
    )
end
--- The largest sum of a run of tokens. A run that falls to nothing begins anew. There is no condition in the loop, since each would be a way of its own
-- through it, and nothing but whole numbers of 32 bits: `x ^ ((x ^ y) & mask)` is `y` where all bits of the mask are set, and `x` where none is.
local function addTokens(count)
    local total, from, start, now = sum, windowFrom, windowStart, clock
    local two, one = before, previous
    local most, mostFrom, mostTo = best, bestFrom, bestTo
    for i = 0, count - 1 do
        local token = tokens[i]
        local alone = single[token * 4 + gaps[i]]
        local pair = bit.bxor(former[one], latter[token])
        local three = bit.bxor(
            bit.bxor(first[two], second[one]),
            third[token]
        )
        local late = bit.bor(now - SPAN - start, 0)
        local floor = bit.bor(
            start + bit.band(
                late,
                bit.bnot(bit.arshift(late, 31))
            ),
            0
        )
        local seenNow = bit.lshift(now, SEEN)
        local ofAlone = features[alone]
        features[alone] = bit.bor(
            seenNow,
            bit.band(ofAlone, WEIGHT)
        )
        local ofPair = features[pair]
        features[pair] = bit.bor(
            seenNow,
            bit.band(ofPair, WEIGHT)
        )
        local ofThree = features[three]
        features[three] = bit.bor(
            seenNow,
            bit.band(ofThree, WEIGHT)
        )
        local gain = freshWeight(ofAlone, floor) + freshWeight(ofPair, floor) + freshWeight(ofThree, floor)
        total = bit.bor(total - decay + gain, 0)
        now = bit.bor(now + 1, 0)
        local next = starts[i + 1]
        local isMost = bit.arshift(most - total, 31)
        most = bit.bxor(
            most,
            bit.band(
                bit.bxor(most, total),
                isMost
            )
        )
        mostFrom = bit.bxor(
            mostFrom,
            bit.band(
                bit.bxor(mostFrom, from),
                isMost
            )
        )
        mostTo = bit.bxor(
            mostTo,
            bit.band(
                bit.bxor(mostTo, next),
                isMost
            )
        )
        local isNothing = bit.arshift(total - 1, 31)
        total = bit.band(
            total,
            bit.bnot(isNothing)
        )
        from = bit.bxor(
            from,
            bit.band(
                bit.bxor(from, next),
                isNothing
            )
        )
        start = bit.bxor(
            start,
            bit.band(
                bit.bxor(start, now),
                isNothing
            )
        )
        two = one
        one = token
    end
    sum, windowFrom, windowStart, clock = total, from, start, now
    before, previous = two, one
    best, bestFrom, bestTo = most, mostFrom, mostTo
end
local function beginText(from)
    if clock > CLOCK_END then
        for i = 0, FEATURES - 1 do
            features[i] = bit.band(features[i], WEIGHT)
        end
        clock = 0
    end
    clock = clock + (SPAN + 1)
    sum = 0
    windowFrom = from
    windowStart = clock
    before = BEGIN
    previous = BEGIN
    best = 0
    bestFrom = from
    bestTo = from
end
--- How much `decoded[from, to)` looks like an attack at its worst place: 0 and more, to be compared with the model's thresholds.
function ____exports.scoreText(from, to)
    beginText(from)
    local at = from
    while at < to do
        local count = tokenize(at, to)
        at = tokenizedTo()
        if at >= to then
            tokens[count] = END
            starts[count + 1] = to
            count = count + 1
        end
        addTokens(count)
    end
    return best
end
--- Where the worst place of the text last scored begins and ends in the buffer.
function ____exports.bestWindow()
    return bestFrom, bestTo
end
return ____exports
