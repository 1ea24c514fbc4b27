local ____exports = {}
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local hasPassword = ____learned_2Dlogins_2Ets.hasPassword
local isLearnedLogin = ____learned_2Dlogins_2Ets.isLearnedLogin
local ____named_2Ets = require("kong.plugins.threat-response.logins.named")
local unnamedUser = ____named_2Ets.unnamedUser
local ____basic_2Duser_2Ets = require("kong.plugins.threat-response.features.basic-user")
local readBasicUser = ____basic_2Duser_2Ets.readBasicUser
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local wantHeader = ____header_2Dlines_2Ets.wantHeader
local ____identity_2Ets = require("kong.plugins.threat-response.features.identity")
local hashUsers = ____identity_2Ets.hashUsers
local ____login_2Dpath_2Ets = require("kong.plugins.threat-response.features.login-path")
local loginPath = ____login_2Dpath_2Ets.loginPath
local matchLoginPath = ____login_2Dpath_2Ets.matchLoginPath
local ____user_2Dfield_2Ets = require("kong.plugins.threat-response.features.user-field")
local addFromBody = ____user_2Dfield_2Ets.addFromBody
local addFromForm = ____user_2Dfield_2Ets.addFromForm
local addUser = ____user_2Dfield_2Ets.addUser
local ____string_0 = string
local byte = ____string_0.byte
local sub = ____string_0.sub
wantHeader("proxy-authorization")
--- Pages are read by GET; a body, or a password in the query, is none of a page's.
local function canLogIn(____bindingPattern0)
    local headers
    local query
    local method
    method = ____bindingPattern0.method
    query = ____bindingPattern0.query
    headers = ____bindingPattern0.headers
    if method == "POST" or method == "PUT" or method == "PATCH" then
        return true
    end
    if query ~= nil and hasPassword(query) then
        return true
    end
    local length = headers["content-length"]
    return length ~= nil and length ~= "0" or headers["transfer-encoding"] ~= nil
end
____exports.isLoginRequest = function(instance, facts)
    if not canLogIn(facts) then
        return false
    end
    local path = loginPath()
    return matchLoginPath(instance.loginPaths, path) or instance.config.login.learn_paths and isLearnedLogin(path)
end
local addBasic
--- Several lines of one name are several tries.
addBasic = function(users, header)
    if header == nil then
        return false
    end
    if type(header) == "string" then
        local user = readBasicUser(header)
        if user ~= nil then
            addUser(users, user)
        end
        return user ~= nil
    end
    local isBasic = false
    for ____, line in ipairs(header) do
        isBasic = addBasic(users, line) or isBasic
    end
    return isBasic
end
local function hasBasic(header)
    if header == nil or type(header) ~= "string" then
        return header ~= nil
    end
    local first = byte(header, 1)
    return first == 66 or first == 98
end
--- The login attempt in a request; nil in most. Kong's own plugins look for Basic in both headers.
____exports.readLogin = function(instance, facts, isLogin)
    local ____facts_headers_1 = facts.headers
    local authorization = ____facts_headers_1.authorization
    local proxy = facts.headers["proxy-authorization"]
    if not isLogin and not hasBasic(authorization) and not hasBasic(proxy) then
        return nil
    end
    local users = {}
    local isBasic = addBasic(users, proxy)
    if not addBasic(users, authorization) and not isBasic and not isLogin then
        return nil
    end
    local fields = instance.config.login.user_fields
    if isLogin and facts.query ~= nil then
        addFromForm(users, facts.query, fields)
    end
    if isLogin and facts.body ~= nil then
        addFromBody(users, facts.body, facts.contentType, fields)
    end
    local realm = sub(
        loginPath(),
        1,
        100
    )
    local isNamed = #users > 0
    return {
        user = isNamed and hashUsers(instance, users) or (isLogin and unnamedUser(realm) or ""),
        isNamed = isNamed,
        kind = isLogin and "path" or "basic",
        realm = realm
    }
end
return ____exports
