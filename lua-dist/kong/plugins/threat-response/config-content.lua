local ____exports = {}
local ____table_0 = table
local sort = ____table_0.sort
local concat = ____table_0.concat
--- A configuration's content as text: the same for two tables that say the same. Kong's own members (`__…`) do not count.
____exports.describeContent = function(value)
    if type(value) ~= "table" then
        return tostring(value)
    end
    local parts = {}
    for key, member in pairs(value) do
        local name = tostring(key)
        if string.sub(name, 1, 2) ~= "__" then
            parts[#parts + 1] = (name .. "=") .. ____exports.describeContent(member)
        end
    end
    sort(parts)
    return ("{" .. concat(parts, ";")) .. "}"
end
return ____exports
