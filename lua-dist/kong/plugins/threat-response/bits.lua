local ____exports = {}
--- How many bits of 32 are set; a loop for each that is.
____exports.countBits = function(bits)
    local rest = bits
    local count = 0
    while rest ~= 0 do
        rest = bit.band(rest, rest - 1)
        count = count + 1
    end
    return count
end
return ____exports
