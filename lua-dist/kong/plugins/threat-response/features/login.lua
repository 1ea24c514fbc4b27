local ____exports = {}
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local isLearnedLogin = ____learned_2Dlogins_2Ets.isLearnedLogin
local ____lists_2Ets = require("kong.plugins.threat-response.lists")
local matchPath = ____lists_2Ets.matchPath
local ____identity_2Ets = require("kong.plugins.threat-response.features.identity")
local hashUser = ____identity_2Ets.hashUser
local ____user_2Dfield_2Ets = require("kong.plugins.threat-response.features.user-field")
local findField = ____user_2Dfield_2Ets.findField
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local lower = ____string_0.lower
local sub = ____string_0.sub
--- Decoded, with dots and double slashes resolved.
local function readNormalizedPath()
    return ngx.var.uri or ""
end
____exports.isLoginRequest = function(instance, facts)
    if facts.method ~= "POST" then
        return false
    end
    local path = readNormalizedPath()
    return matchPath(instance.config.login.paths, path) or instance.config.login.learn_paths and isLearnedLogin(path)
end
--- The user name of `Authorization: Basic`; nil without one.
____exports.readBasicUser = function(authorization)
    if authorization == nil then
        return nil
    end
    local first = byte(authorization, 1)
    if first ~= 66 and first ~= 98 or lower(sub(authorization, 1, 6)) ~= "basic " then
        return nil
    end
    local from = find(authorization, "[^ ]", 7)
    local ____temp_1
    if from == nil then
        ____temp_1 = nil
    else
        ____temp_1 = ngx.decode_base64(sub(authorization, from))
    end
    local text = ____temp_1
    if text == nil then
        return ""
    end
    local colon = find(text, ":", 1, true)
    return colon == nil and text or sub(text, 1, colon - 1)
end
local function readBodyUser(instance, facts)
    if facts.body == nil then
        return ""
    end
    for ____, field in ipairs(instance.config.login.user_fields) do
        local name = findField(facts.body, facts.contentType, field)
        if name ~= nil and name ~= "" then
            return name
        end
    end
    return ""
end
--- The login attempt in a request; nil in most.
____exports.readLogin = function(instance, facts, isLogin)
    local authorization = facts.headers.authorization
    local ____temp_2
    if type(authorization) == "string" then
        ____temp_2 = ____exports.readBasicUser(authorization)
    else
        ____temp_2 = nil
    end
    local basic = ____temp_2
    if basic == nil and not isLogin then
        return nil
    end
    local name = basic or readBodyUser(instance, facts)
    return {
        user = name == "" and "" or hashUser(instance, name),
        kind = isLogin and "path" or "basic",
        realm = sub(
            readNormalizedPath(),
            1,
            100
        )
    }
end
return ____exports
