local ____exports = {}
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local maskAddress = ____cidr_2Ets.maskAddress
--- How decisions lie in the dictionary: a key for each address or range, its decisions as text, the strongest first.
local FIELDS = "^(%d) (%l+) (%d+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$"
local NONE = "-"
--- D.
local LETTER = 68
--- `D` plus the address for a single one, `D<prefix length>:` plus the first address for a range.
function ____exports.addressKey(bytes)
    return "D" .. bytes
end
function ____exports.rangeKey(bytes, length)
    return (("D" .. tostring(length)) .. ":") .. maskAddress(bytes, length)
end
function ____exports.entryKey(range)
    return range.length == #range.bytes * 8 and ____exports.addressKey(range.bytes) or ____exports.rangeKey(range.bytes, range.length)
end
--- `allow` beats all; what holds everywhere beats what is limited to logins or a route; a block beats a throttle.
local function rank(decision)
    if decision.action == "allow" then
        return 0
    end
    local isLimited = decision.scope ~= nil or decision.route ~= nil
    return (decision.action == "block" and 1 or 3) + (isLimited and 1 or 0)
end
function ____exports.encodeEntry(decision)
    local ____decision_0 = decision
    local action = ____decision_0.action
    local expires = ____decision_0.expires
    local id = ____decision_0.id
    local incident = ____decision_0.incident
    local rps = ____decision_0.rps
    local scope = ____decision_0.scope
    local route = ____decision_0.route
    return string.format(
        "%d %s %d %s %s %.14g %s %s",
        rank(decision),
        action,
        expires,
        id,
        incident,
        rps,
        scope or NONE,
        route or NONE
    )
end
--- What `entryKey` and `encodeEntry` give for a plain block of an IPv4 address: `tail` is `<expires> <id> <incident>`.
function ____exports.plainKey(address)
    local a = math.floor(address / 16777216)
    local b = math.floor(address / 65536) % 256
    local c = math.floor(address / 256) % 256
    return string.char(
        LETTER,
        a,
        b,
        c,
        address % 256
    )
end
function ____exports.encodePlainBlock(tail)
    return ("1 block " .. tail) .. " 1 - -"
end
--- Two entries of one key. The rank leads each line, so the order of text is the order of strength.
function ____exports.joinEntries(first, second)
    local lines = {second}
    for line in string.gmatch(first, "[^\n]+") do
        lines[#lines + 1] = line
    end
    table.sort(lines)
    return table.concat(lines, "\n")
end
--- Epoch seconds at which the last decision of an entry ends.
function ____exports.expiryOf(entry)
    local latest = 0
    for expires in string.gmatch(entry, "%d %l+ (%d+)[^\n]*") do
        latest = math.max(
            latest,
            tonumber(expires)
        )
    end
    return latest
end
function ____exports.decodeEntry(entry)
    local decisions = {}
    for line in string.gmatch(entry, "[^\n]+") do
        local order, action, expires, id, incident, rps, scope, route = string.match(line, FIELDS)
        if action ~= nil then
            local ____tonumber_result_2 = tonumber(order)
            local ____action_3 = action
            local ____tonumber_result_4 = tonumber(expires)
            local ____id_5 = id
            local ____incident_6 = incident
            local ____tonumber_result_7 = tonumber(rps)
            local ____temp_8 = scope == "login" and "login" or nil
            local ____temp_1
            if route == NONE then
                ____temp_1 = nil
            else
                ____temp_1 = route
            end
            decisions[#decisions + 1] = {
                rank = ____tonumber_result_2,
                action = ____action_3,
                expires = ____tonumber_result_4,
                id = ____id_5,
                incident = ____incident_6,
                rps = ____tonumber_result_7,
                scope = ____temp_8,
                route = ____temp_1
            }
        end
    end
    return decisions
end
return ____exports
