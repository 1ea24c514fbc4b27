local ____exports = {}
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local hasPassword = ____learned_2Dlogins_2Ets.hasPassword
local isLearnedLogin = ____learned_2Dlogins_2Ets.isLearnedLogin
local ____answers_2Ets = require("kong.plugins.threat-response.logins.answers")
local hasLearnedAnswers = ____answers_2Ets.hasLearnedAnswers
local ____named_2Ets = require("kong.plugins.threat-response.logins.named")
local unnamedUser = ____named_2Ets.unnamedUser
local ____basic_2Duser_2Ets = require("kong.plugins.threat-response.features.basic-user")
local readBasicUser = ____basic_2Duser_2Ets.readBasicUser
local ____graphql_2Dlogin_2Ets = require("kong.plugins.threat-response.features.graphql-login")
local addFromGraphql = ____graphql_2Dlogin_2Ets.addFromGraphql
local hasPasswordArgument = ____graphql_2Dlogin_2Ets.hasPasswordArgument
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
local find = ____string_0.find
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
--- A GraphQL endpoint takes everything: a login is what brings a password and names a user. Asked when the body has been read.
local function isGraphqlLogin(____bindingPattern0)
    local body
    local method
    method = ____bindingPattern0.method
    body = ____bindingPattern0.body
    if method ~= "POST" or body == nil then
        return false
    end
    local at = find(
        loginPath(),
        "graphql",
        -7,
        true
    )
    return at ~= nil and hasPasswordArgument(body)
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
    if isLogin and #users == 0 and facts.body ~= nil then
        addFromGraphql(users, facts.body, fields)
    end
    local isNamed = #users > 0
    local ____temp_5 = isNamed and hashUsers(instance, users) or (isLogin and unnamedUser(realm) or "")
    local ____isNamed_6 = isNamed
    local ____temp_7 = isLogin and "path" or "basic"
    local ____realm_8 = realm
    local ____hasLearnedAnswers_4 = hasLearnedAnswers
    local ____opt_2 = facts.route
    return {
        user = ____temp_5,
        isNamed = ____isNamed_6,
        kind = ____temp_7,
        realm = ____realm_8,
        proof = ____hasLearnedAnswers_4(____opt_2 and ____opt_2.id or "") and realm .. "!" or realm
    }
end
--- The login attempt in a request to any other path: Basic, or a mutation of GraphQL.
____exports.readOtherLogin = function(instance, facts)
    if not isGraphqlLogin(facts) then
        return ____exports.readLogin(instance, facts, false)
    end
    local login = ____exports.readLogin(instance, facts, true)
    return (login and login.isNamed) == true and login or ____exports.readLogin(instance, facts, false)
end
return ____exports
