local ____exports = {}
local ffi = require("ffi")
local ____tokens_2Ets = require("kong.plugins.threat-response.payload.tokens")
local FIRST_WORD = ____tokens_2Ets.FIRST_WORD
local TOKEN_KINDS = ____tokens_2Ets.TOKEN_KINDS
--- Turns tokens into places in the table of weights: a token with what stood before it, two tokens, three groups of tokens. Each part
-- has random bits of its own, and a feature is their exclusive or.
____exports.FEATURES = 32768
--- By token and gap.
____exports.single = ffi.new("uint16_t[?]", TOKEN_KINDS * 4)
--- Former and latter of two.
____exports.former = ffi.new("uint16_t[?]", TOKEN_KINDS)
____exports.latter = ffi.new("uint16_t[?]", TOKEN_KINDS)
--- First, second and third of three, by token: tokens of one group have the same.
____exports.first = ffi.new("uint16_t[?]", TOKEN_KINDS)
____exports.second = ffi.new("uint16_t[?]", TOKEN_KINDS)
____exports.third = ffi.new("uint16_t[?]", TOKEN_KINDS)
local state = 1
--- Xorshift: the same bits in every run.
local function nextBits()
    state = bit.bxor(
        state,
        bit.lshift(state, 13)
    )
    state = bit.bxor(
        state,
        bit.rshift(state, 17)
    )
    state = bit.bxor(
        state,
        bit.lshift(state, 5)
    )
    return bit.band(
        bit.arshift(state, 7),
        ____exports.FEATURES - 1
    )
end
--- What three in a row are told apart by: signs by themselves, numbers and unknown words by kind.
local function groupOfKind(token)
    if token >= 97 and token <= 122 then
        return 97
    end
    if token >= 200 and token < FIRST_WORD then
        return token <= 201 and token or 202
    end
    if token >= 16 and token < 24 then
        return 16
    end
    if token >= 24 and token < 32 then
        return 24
    end
    return token
end
local GROUPS = 512
local groupBits = ffi.new("uint16_t[?]", GROUPS * 3)
local function fillBits()
    for i = 0, TOKEN_KINDS * 4 - 1 do
        ____exports.single[i] = nextBits()
    end
    for i = 0, TOKEN_KINDS - 1 do
        ____exports.former[i] = nextBits()
        ____exports.latter[i] = nextBits()
    end
    for i = 0, GROUPS * 3 - 1 do
        groupBits[i] = nextBits()
    end
end
--- Gives `token` the bits of `group`.
function ____exports.joinGroup(token, group)
    ____exports.first[token] = groupBits[group * 3]
    ____exports.second[token] = groupBits[group * 3 + 1]
    ____exports.third[token] = groupBits[group * 3 + 2]
end
fillBits()
for token = 0, FIRST_WORD - 1 do
    ____exports.joinGroup(
        token,
        groupOfKind(token)
    )
end
return ____exports
