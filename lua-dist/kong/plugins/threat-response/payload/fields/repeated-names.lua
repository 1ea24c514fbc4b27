local ____exports = {}
local ffi = require("ffi")
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local ____pair_2Ets = require("kong.plugins.threat-response.payload.fields.pair")
local fieldOf = ____pair_2Ets.fieldOf
--- Parameters of one name, of which some back ends make one value with commas in between. An attack that is cut into several
-- is whole only there.
local MOST = 64
local nameFrom = ffi.new("int32_t[?]", MOST)
local nameTo = ffi.new("int32_t[?]", MOST)
local valueTo = ffi.new("int32_t[?]", MOST)
--- 1 for a value that is not clean, 2 once it was judged together with others.
local state = ffi.new("uint8_t[?]", MOST)
local kept = 0
local dirty = 0
function ____exports.startRepeated()
    kept = 0
    dirty = 0
end
--- Keeps the place of a pair; of very many, of the first ones.
function ____exports.keepPair(from, equals, to, isDirty)
    if kept == MOST then
        return
    end
    nameFrom[kept] = from
    nameTo[kept] = equals
    valueTo[kept] = to
    state[kept] = isDirty and 1 or 0
    kept = kept + 1
    if isDirty then
        dirty = dirty + 1
    end
end
local function isSameName(bytes, a, b)
    local length = nameTo[a] - nameFrom[a]
    if nameTo[b] - nameFrom[b] ~= length then
        return false
    end
    for i = 0, length - 1 do
        if bytes[nameFrom[a] + i] ~= bytes[nameFrom[b] + i] then
            return false
        end
    end
    return true
end
local function readValue(bytes, pair)
    return ffi.string(bytes + (nameTo[pair] + 1), valueTo[pair] - nameTo[pair] - 1)
end
--- The values of all pairs with the name of `first`, joined; nil where it is the only one.
local function joinValues(bytes, first)
    local joined = ""
    local count = 0
    for pair = 0, kept - 1 do
        if isSameName(bytes, first, pair) then
            joined = count == 0 and readValue(bytes, pair) or (joined .. ",") .. readValue(bytes, pair)
            state[pair] = 2
            count = count + 1
        end
    end
    return count > 1 and joined or nil
end
--- Judges values of one name together, where at least one is not clean.
function ____exports.judgeRepeated(bytes, place)
    if dirty == 0 or kept < 2 then
        return nil
    end
    local best
    for pair = 0, kept - 1 do
        local ____temp_0
        if state[pair] == 1 then
            ____temp_0 = joinValues(bytes, pair)
        else
            ____temp_0 = nil
        end
        local joined = ____temp_0
        if joined ~= nil then
            local field = fieldOf(bytes, nameFrom[pair], nameTo[pair], place)
            local text = ffi.cast("const uint8_t *", joined)
            best = stronger(
                best,
                judgeLeaf(
                    text,
                    0,
                    #joined,
                    place.encoding,
                    place.at,
                    field
                )
            )
        end
    end
    return best
end
return ____exports
