local ____exports = {}
local ____string_0 = string
local gsub = ____string_0.gsub
local lower = ____string_0.lower
local function underscored(name)
    local changed = gsub(
        lower(name),
        "-",
        "_"
    )
    return changed
end
--- Names of the variables to look at, once for each configuration.
____exports.credentialVariables = function(identity)
    local names = {}
    for ____, name in ipairs(identity.headers) do
        names[#names + 1] = "http_" .. underscored(name)
    end
    for ____, name in ipairs(identity.query) do
        names[#names + 1] = "arg_" .. name
    end
    for ____, name in ipairs(identity.cookies) do
        names[#names + 1] = "cookie_" .. name
    end
    return names
end
local SHORTEST = 4
local LONGEST = 8192
--- What stands there, or nil where that cannot be a credential.
____exports.readPresented = function(variable)
    local text = ngx.var[variable]
    local ____temp_1
    if text == nil or #text < SHORTEST or #text > LONGEST then
        ____temp_1 = nil
    else
        ____temp_1 = text
    end
    return ____temp_1
end
return ____exports
