local ____exports = {}
local ____sampling_2Ets = require("kong.plugins.threat-response.sampling")
local isInspected = ____sampling_2Ets.isInspected
local ____body_2Ets = require("kong.plugins.threat-response.features.body")
local readBody = ____body_2Ets.readBody
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local presentHeaders = ____header_2Dlines_2Ets.presentHeaders
local readHeaders = ____header_2Dlines_2Ets.readHeaders
local ____login_2Ets = require("kong.plugins.threat-response.features.login")
local isLoginRequest = ____login_2Ets.isLoginRequest
local readLogin = ____login_2Ets.readLogin
local ____string_0 = string
local find = ____string_0.find
local sub = ____string_0.sub
local ____table_1 = table
local concat = ____table_1.concat
--- Repeated headers count together: none hides behind another.
local function join(value)
    return type(value) == "table" and concat(value, "; ") or value
end
local function readRequestLine(source)
    local variables = ngx.var
    local target = variables.request_uri or ""
    local mark = find(target, "?", 1, true)
    local ____source_3 = source
    local ____temp_4 = variables.request_method or ""
    local ____temp_5 = mark == nil and target or sub(target, 1, mark - 1)
    local ____temp_2
    if mark == nil then
        ____temp_2 = nil
    else
        ____temp_2 = sub(target, mark + 1)
    end
    return {
        source = ____source_3,
        method = ____temp_4,
        path = ____temp_5,
        query = ____temp_2,
        headers = readHeaders(),
        present = presentHeaders(),
        contentType = nil,
        cookie = nil,
        userAgent = nil,
        referer = nil,
        route = kong.router.get_route(),
        isInspected = true,
        body = nil,
        unread = nil,
        login = nil
    }
end
local function addHeaders(facts)
    local ____facts_6 = facts
    local headers = ____facts_6.headers
    facts.contentType = join(headers["content-type"])
    facts.cookie = join(headers.cookie)
    facts.userAgent = join(headers["user-agent"])
    facts.referer = join(headers.referer)
end
____exports.readFacts = function(instance, source)
    local facts = readRequestLine(source)
    facts.isInspected = isInspected(instance, source)
    local ____instance_config_7 = instance.config
    local payload = ____instance_config_7.payload
    local login = ____instance_config_7.login
    addHeaders(facts)
    local isLogin = login.enabled and isLoginRequest(instance, facts)
    local limit = payload.enabled and facts.isInspected and payload.max_body_bytes or 0
    local body, unread = readBody(
        facts,
        isLogin and math.max(limit, 8192) or limit
    )
    facts.body = body
    facts.unread = unread
    if login.enabled then
        facts.login = readLogin(instance, facts, isLogin)
    end
    return facts
end
return ____exports
