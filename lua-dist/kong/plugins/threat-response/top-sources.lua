local ____exports = {}
--- The addresses that are seen most, in bounded memory: a new one takes the place of the rarest (space saving).
local KEPT = 32
local REPORTED = 20
____exports.createTop = function() return {counts = {}, size = 0} end
local function dropRarest(top)
    local rarest
    local lowest = math.huge
    for ip, count in pairs(top.counts) do
        if count < lowest then
            rarest = ip
            lowest = count
        end
    end
    if rarest ~= nil then
        top.counts[rarest] = nil
    end
    return lowest
end
____exports.addTop = function(top, ip)
    local count = top.counts[ip]
    if count ~= nil then
        top.counts[ip] = count + 1
    elseif top.size < KEPT then
        top.counts[ip] = 1
        top.size = top.size + 1
    else
        top.counts[ip] = dropRarest(top) + 1
    end
end
____exports.listTop = function(top)
    local all = {}
    for ip, count in pairs(top.counts) do
        all[#all + 1] = {ip = ip, count = count}
    end
    table.sort(
        all,
        function(a, b) return a.count > b.count end
    )
    local listed = {}
    for ____, source in ipairs(all) do
        if #listed < REPORTED then
            listed[#listed + 1] = source
        end
    end
    return listed
end
return ____exports
