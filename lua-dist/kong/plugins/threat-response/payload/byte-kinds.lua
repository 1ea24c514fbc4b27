local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local BLANK = ____byte_2Dclasses_2Ets.BLANK
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
--- The alphabet of the first look: letters without regard to case, blanks, digits, and every sign that matters.
____exports.KINDS = 64
____exports.BLANKS = 26
____exports.DIGIT = 27
____exports.OTHER = 28
--- No byte's by itself: whoever divides a text gives it to what ends a value.
____exports.BOUND = 63
--- Bytes with a kind of their own, behind letters, blanks, digits and the rest.
local DISTINCT = "',.-\"`(){}[]<>$&|;:=*/\\%#!+?@^_~" .. string.char(192, 193, 239)
function ____exports.kindOf(byte)
    if PLAIN[byte] == BLANK then
        return ____exports.BLANKS
    end
    local lower = byte >= 65 and byte <= 90 and byte + 32 or byte
    if lower >= 97 and lower <= 122 then
        return lower - 97
    end
    if lower >= 48 and lower <= 57 then
        return ____exports.DIGIT
    end
    local at = string.find(
        DISTINCT,
        string.char(lower),
        1,
        true
    )
    return at == nil and ____exports.OTHER or ____exports.OTHER + at
end
____exports.kinds = ffi.new("uint8_t[256]")
for byte = 0, 255 do
    ____exports.kinds[byte] = ____exports.kindOf(byte)
end
--- In forms a plus sign is a blank.
____exports.formKinds = ffi.new("uint8_t[256]")
ffi.copy(____exports.formKinds, ____exports.kinds, 256)
____exports.formKinds[43] = ____exports.BLANKS
--- How rare each letter or blank is behind another in what people and programs write: for each of `a` to `z` and blank a row, in halvings.
-- Measured on ordinary requests.
local RARITY = {
    "655567485984449384426777576",
    "365636564773664674473877587",
    "386848746955881895746999797",
    "476517674876575766574788683",
    "574476686994548462459666793",
    "366645772765772774555877584",
    "466737551786765775585778784",
    "478828795889884987822999895",
    "564456597874534596428677877",
    "455536555655564446365546569",
    "466527663766672757464776574",
    "477337894782793798554889695",
    "346527774786565478556868675",
    "395435395876755598435799883",
    "673397698975336693465757795",
    "488749772994873594255998796",
    "346666365655565657462666655",
    "486629594974674896336699694",
    "585828943976685597434869883",
    "497939934996783395537989594",
    "625648596975459584339999886",
    "266727673776766777757877777",
    "387748753787542687577738675",
    "365556665666455455636566465",
    "465767775675443377457767562",
    "365536554566554665564655558",
    "465666775966666595546769791"
}
--- How rare three kinds in a row are in ordinary text; the sum of two pairs.
local function rarityOfPair(a, b)
    if a <= ____exports.BLANKS and b <= ____exports.BLANKS then
        return string.byte(RARITY[a + 1], b + 1) - 48
    end
    if b == ____exports.DIGIT then
        return a == ____exports.DIGIT and 1 or 4
    end
    return b <= ____exports.BLANKS and 5 or 8
end
function ____exports.rarityOf(a, b, c)
    local first = a == ____exports.BLANKS and 2 or (a == ____exports.DIGIT and 4 or (a < ____exports.BLANKS and 4 or 8))
    return first + rarityOfPair(a, b) + rarityOfPair(b, c)
end
return ____exports
