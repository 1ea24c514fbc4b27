local ____exports = {}
local ____sampling_2Ets = require("kong.plugins.threat-response.sampling")
local isInspected = ____sampling_2Ets.isInspected
local ____body_2Ets = require("kong.plugins.threat-response.features.body")
local readBody = ____body_2Ets.readBody
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local createHeaders = ____header_2Dlines_2Ets.createHeaders
local emptyHeaders = ____header_2Dlines_2Ets.emptyHeaders
local presentHeaders = ____header_2Dlines_2Ets.presentHeaders
local readHeaders = ____header_2Dlines_2Ets.readHeaders
local ____login_2Ets = require("kong.plugins.threat-response.features.login")
local isLoginRequest = ____login_2Ets.isLoginRequest
local readLogin = ____login_2Ets.readLogin
local readOtherLogin = ____login_2Ets.readOtherLogin
local NOBODY = {ip = "", binary = "", key = "", isExempt = true}
local ____string_0 = string
local find = ____string_0.find
local sub = ____string_0.sub
local ____table_1 = table
local concat = ____table_1.concat
--- Repeated headers count together: none hides behind another.
local function join(value)
    return type(value) == "table" and concat(value, "; ") or value
end
local function createFacts(room)
    return {
        source = NOBODY,
        method = "",
        path = "",
        query = nil,
        headers = room,
        room = room,
        present = 0,
        contentType = nil,
        cookie = nil,
        userAgent = nil,
        referer = nil,
        route = nil,
        isInspected = true,
        uninspected = nil,
        body = nil,
        unread = nil,
        login = nil,
        isHeld = true
    }
end
--- Tables of requests that are over, for others: most of what a request leaves to the collector of garbage would be these.
local MOST_SPARE = 64
local spare = {}
local spares = 0
local function takeFacts()
    if spares == 0 then
        return createFacts(createHeaders())
    end
    spares = spares - 1
    return spare[spares + 1]
end
--- When nobody asks for them any more. Hardly anything that the client sent is kept.
____exports.releaseFacts = function(over)
    local facts = over
    if not facts.isHeld or spares == MOST_SPARE then
        return
    end
    facts.isHeld = false
    facts.path = ""
    facts.query = nil
    facts.cookie = nil
    facts.userAgent = nil
    facts.referer = nil
    facts.body = nil
    facts.login = nil
    facts.uninspected = nil
    facts.room = emptyHeaders(facts.room)
    facts.headers = facts.room
    spare[spares + 1] = facts
    spares = spares + 1
end
local function readRequestLine(source)
    local variables = ngx.var
    local target = variables.request_uri or ""
    local mark = find(target, "?", 1, true)
    local facts = takeFacts()
    facts.isHeld = true
    facts.source = source
    facts.method = variables.request_method or ""
    facts.path = mark == nil and target or sub(target, 1, mark - 1)
    local ____temp_2
    if mark == nil then
        ____temp_2 = nil
    else
        ____temp_2 = sub(target, mark + 1)
    end
    facts.query = ____temp_2
    facts.headers = readHeaders(facts.room)
    facts.present = presentHeaders()
    facts.route = kong.router.get_route()
    return facts
end
local function addHeaders(facts)
    local ____facts_3 = facts
    local headers = ____facts_3.headers
    facts.contentType = join(headers["content-type"])
    facts.cookie = join(headers.cookie)
    facts.userAgent = join(headers["user-agent"])
    facts.referer = join(headers.referer)
end
____exports.readFacts = function(instance, source)
    local facts = readRequestLine(source)
    facts.isInspected = isInspected(instance, source)
    local ____instance_config_4 = instance.config
    local payload = ____instance_config_4.payload
    local login = ____instance_config_4.login
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
        local ____isLogin_5
        if isLogin then
            ____isLogin_5 = readLogin(instance, facts, true)
        else
            ____isLogin_5 = readOtherLogin(instance, facts)
        end
        facts.login = ____isLogin_5
    end
    return facts
end
return ____exports
