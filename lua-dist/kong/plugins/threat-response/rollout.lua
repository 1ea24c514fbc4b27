local ____exports = {}
local ____bit = require("bit")
local band = ____bit.band
local bxor = ____bit.bxor
local rshift = ____bit.rshift
local tobit = ____bit.tobit
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local sha256Hex = ____digest_2Ets.sha256Hex
--- Gradual roll-out: a detector's verdicts are enforced on `enforce_share` of the clients, and reported as in monitor mode on the others. Which
-- side a client is on depends on its address and `hash_key` alone: the same at each request, on each node and for each detector.
local RANGE = 4294967296
local ____string_0 = string
local byte = ____string_0.byte
local match = ____string_0.match
--- The part of the configuration a detector belongs to, by the first word of its name, where the two differ.
local SECTIONS = {scanner = "payload", ["credential-stuffing"] = "login"}
local salts = {}
--- Without a key an attacker could choose addresses that lie outside; with one nobody can tell which do.
local function saltOf(key)
    local known = salts[key]
    if known ~= nil then
        return known
    end
    local salt = tobit(tonumber(
        string.sub(
            sha256Hex("rollout\n" .. key),
            1,
            8
        ),
        16
    ))
    salts[key] = salt
    return salt
end
--- The low 32 bits of a product with a number of 16 bits; of larger ones a double would lose some.
local function multiply(a, b)
    return tobit(band(a, 65535) * b + band(
        rshift(a, 16) * b,
        65535
    ) * 65536)
end
--- Pure: where a client lies between 0 and 1.
____exports.placeOf = function(salt, key)
    local hash = salt
    for i = 1, #key do
        hash = multiply(
            bxor(
                hash,
                byte(key, i)
            ),
            52533
        )
    end
    hash = multiply(
        bxor(
            hash,
            rshift(hash, 15)
        ),
        40523
    )
    hash = multiply(
        bxor(
            hash,
            rshift(hash, 13)
        ),
        46503
    )
    hash = bxor(
        hash,
        rshift(hash, 16)
    )
    return (hash < 0 and hash + RANGE or hash) / RANGE
end
local function shareOf(config, finding)
    local name = match(finding.detector, "^[^.]+")
    local section = SECTIONS[name] or name
    local settings = config[section]
    return settings and settings.enforce_share or 1
end
--- Whether the finding is only reported, though the instance enforces: the client is not in the share yet.
____exports.isTrial = function(instance, source, finding)
    local share = shareOf(instance.config, finding)
    return share < 1 and ____exports.placeOf(
        saltOf(instance.config.hash_key or ""),
        source.key
    ) >= share
end
--- Marks the findings that are only tried out.
____exports.markTrials = function(instance, source, findings)
    if not instance.enforce then
        return
    end
    for ____, finding in ipairs(findings) do
        if ____exports.isTrial(instance, source, finding) then
            finding.isTrial = true
        end
    end
end
return ____exports
