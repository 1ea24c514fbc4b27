local ____exports = {}
local firstPrimes, fractions, bigEndian, primes
local ____bit = require("bit")
local band = ____bit.band
local bnot = ____bit.bnot
local bxor = ____bit.bxor
local lshift = ____bit.lshift
local ror = ____bit.ror
local rshift = ____bit.rshift
local tobit = ____bit.tobit
local tohex = ____bit.tohex
function firstPrimes(count)
    local found = {}
    local candidate = 2
    while #found < count do
        local isPrime = true
        for ____, prime in ipairs(found) do
            if candidate % prime == 0 then
                isPrime = false
            end
        end
        if isPrime then
            found[#found + 1] = candidate
        end
        candidate = candidate + 1
    end
    return found
end
function fractions(exponent)
    local words = {}
    for ____, prime in ipairs(primes) do
        words[#words + 1] = tobit(math.floor(prime ^ exponent % 1 * 4294967296))
    end
    return words
end
function bigEndian(word)
    local bytes = string.gsub(
        tohex(word),
        "..",
        function(pair) return string.char(tonumber(pair, 16)) end
    )
    return bytes
end
local BLOCK = 64
primes = firstPrimes(64)
local ROUND = fractions(1 / 3)
local START = fractions(1 / 2)
local schedule = {}
local function expand(data, offset)
    for i = 0, 15 do
        local a, b, c, d = string.byte(data, offset + i * 4, offset + i * 4 + 3)
        schedule[i + 1] = lshift(a, 24) + lshift(b, 16) + lshift(c, 8) + d
    end
    for i = 16, 63 do
        local before15 = schedule[i - 15 + 1]
        local before2 = schedule[i - 2 + 1]
        local s0 = bxor(
            ror(before15, 7),
            ror(before15, 18),
            rshift(before15, 3)
        )
        local s1 = bxor(
            ror(before2, 17),
            ror(before2, 19),
            rshift(before2, 10)
        )
        schedule[i + 1] = tobit(schedule[i - 16 + 1] + s0 + schedule[i - 7 + 1] + s1)
    end
end
--- One block of `data`, whose first byte is at `offset` (from 1).
local function compress(words, data, offset)
    expand(data, offset)
    local a, b, c, d, e, f, g, h = unpack(words, 1, 8)
    for i = 0, 63 do
        local s1 = bxor(
            ror(e, 6),
            ror(e, 11),
            ror(e, 25)
        )
        local choice = bxor(
            band(e, f),
            band(
                bnot(e),
                g
            )
        )
        local first = tobit(h + s1 + choice + ROUND[i + 1] + schedule[i + 1])
        local s0 = bxor(
            ror(a, 2),
            ror(a, 13),
            ror(a, 22)
        )
        local majority = bxor(
            band(a, b),
            band(a, c),
            band(b, c)
        )
        h = g
        g = f
        f = e
        e = tobit(d + first)
        d = c
        c = b
        b = a
        a = tobit(first + s0 + majority)
    end
    words[1] = tobit(words[1] + a)
    words[2] = tobit(words[2] + b)
    words[3] = tobit(words[3] + c)
    words[4] = tobit(words[4] + d)
    words[5] = tobit(words[5] + e)
    words[6] = tobit(words[6] + f)
    words[7] = tobit(words[7] + g)
    words[8] = tobit(words[8] + h)
end
function ____exports.begin()
    local words = {}
    for i = 0, 7 do
        words[i + 1] = START[i + 1]
    end
    return {words = words, rest = "", length = 0}
end
function ____exports.update(state, data)
    state.length = state.length + #data
    local all = #state.rest == 0 and data or state.rest .. data
    local last = #all - #all % BLOCK
    for offset = 1, last, BLOCK do
        compress(state.words, all, offset)
    end
    state.rest = string.sub(all, last + 1)
end
--- The digest's 32 bytes; the state is spent.
function ____exports.finish(state)
    local length = state.length
    local zeros = (BLOCK - (length + 9) % BLOCK) % BLOCK
    local high = math.floor(length / 536870912)
    ____exports.update(
        state,
        ((string.char(128) .. string.rep("\0", zeros)) .. bigEndian(high)) .. bigEndian(tobit(length * 8))
    )
    local parts = {}
    for ____, word in ipairs(state.words) do
        parts[#parts + 1] = bigEndian(word)
    end
    return table.concat(parts)
end
return ____exports
