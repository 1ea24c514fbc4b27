local ____exports = {}
local ffi = require("ffi")
local ____features_2Ets = require("kong.plugins.threat-response.payload.features")
local former = ____features_2Ets.former
local latter = ____features_2Ets.latter
local ____trained_2Ets = require("kong.plugins.threat-response.payload.model.trained")
local TRAINED = ____trained_2Ets.TRAINED
local ____model_2Dscore_2Ets = require("kong.plugins.threat-response.payload.model-score")
local weightAt = ____model_2Dscore_2Ets.weightAt
local ____tokens_2Ets = require("kong.plugins.threat-response.payload.tokens")
local BEGIN = ____tokens_2Ets.BEGIN
local TOKEN_KINDS = ____tokens_2Ets.TOKEN_KINDS
local tokenize = ____tokens_2Ets.tokenize
local tokens = ____tokens_2Ets.tokens
--- By pairs of tokens, behind those by token; behind both those by rule.
local PAIRS = 1024
local FIRST_RULE = TOKEN_KINDS + PAIRS
local MAX_RULES = 128
local ROW = FIRST_RULE + MAX_RULES
--- Of a long window as many tokens as training looks at.
local MOST_TOKENS = 200
local ____TRAINED_0 = TRAINED
local classes = ____TRAINED_0.classes
local classRows = ____TRAINED_0.classRows
local weights = ffi.new("int8_t[?]", ROW * #classes)
local scores = ffi.new("int32_t[?]", #classes)
--- The look in which a feature was last seen: each counts once.
local seen = ffi.new("int32_t[?]", ROW)
local look = 0
for row = 0, #classes - 1 do
    local text = classRows[row + 1]
    for i = 1, #text do
        weights[row * ROW + i - 1] = weightAt(text, i)
    end
end
TRAINED.classRows = {}
local function add(feature)
    if seen[feature] == look then
        return
    end
    seen[feature] = look
    for row = 0, #classes - 1 do
        scores[row] = scores[row] + weights[row * ROW + feature]
    end
end
--- The class that `decoded[from, to)` and the rules that hold around it look most like.
function ____exports.classify(from, to, matches)
    look = look + 1
    for row = 0, #classes - 1 do
        scores[row] = 0
    end
    local count = tokenize(from, to)
    local last = BEGIN
    for i = 0, math.min(count, MOST_TOKENS) - 1 do
        local token = tokens[i]
        add(token)
        add(TOKEN_KINDS + bit.band(
            bit.bxor(former[last], latter[token]),
            PAIRS - 1
        ))
        last = token
    end
    if matches ~= nil then
        for ____, ____value in ipairs(matches) do
            local number = ____value.number
            add(FIRST_RULE + number)
        end
    end
    local winner = 0
    for row = 1, #classes - 1 do
        if scores[row] > scores[winner] then
            winner = row
        end
    end
    return classes[winner + 1]
end
return ____exports
