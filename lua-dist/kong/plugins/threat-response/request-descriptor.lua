local ____exports = {}
local ____decision_2Didentity_2Ets = require("kong.plugins.threat-response.decision-identity")
local hashPresented = ____decision_2Didentity_2Ets.hashPresented
local ____credential_2Ets = require("kong.plugins.threat-response.features.credential")
local readPresented = ____credential_2Ets.readPresented
local ____identities_2Ets = require("kong.plugins.threat-response.identities")
local recallIdentity = ____identities_2Ets.recallIdentity
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local redactPath = ____redact_2Ets.redactPath
local redactText = ____redact_2Ets.redactText
local MAX_QUERY = 20
local MAX_HEADERS = 40
local MAX_NAME = 64
local MAX_LISTED = 200
local KEPT_NAMES = 1000
local ____string_0 = string
local find = ____string_0.find
local gmatch = ____string_0.gmatch
local lower = ____string_0.lower
local match = ____string_0.match
local sub = ____string_0.sub
--- Kong's own, for the service: the client has not sent them.
local KONGS = {
    ["x-consumer-id"] = true,
    ["x-consumer-username"] = true,
    ["x-consumer-custom-id"] = true,
    ["x-credential-identifier"] = true,
    ["x-anonymous-consumer"] = true
}
local function listHeaders()
    local names = {}
    for name in pairs(ngx.req.get_headers(MAX_HEADERS * 2)) do
        local known = lower(name)
        if #names < MAX_HEADERS and KONGS[known] == nil then
            names[#names + 1] = known
        end
    end
    return names
end
local function findPresented(instance)
    for ____, variable in ipairs(instance.credentialVariables) do
        local presented = readPresented(variable)
        if presented ~= nil then
            return presented
        end
    end
    return nil
end
--- Hashes cost more than all else: only what stays in the sample is hashed.
local function addIdentity(kept)
    local ____kept_1 = kept
    local descriptor = ____kept_1.descriptor
    local instance = ____kept_1.instance
    local presented = ____kept_1.presented
    if presented == nil then
        return
    end
    local identity = recallIdentity(presented)
    descriptor.credential = identity and identity.hash or hashPresented(instance, presented)
    local consumer = descriptor.consumer or identity and identity.consumer or ""
    if consumer ~= "" then
        descriptor.consumer = consumer
    end
end
local function addPlace(outcome, descriptor)
    if outcome.route == nil then
        return
    end
    descriptor.route_id = outcome.route.id
    local service = kong.router.get_service()
    if service ~= nil then
        descriptor.service_id = service.id
    end
end
local function categoryOf(outcome)
    local ____opt_8 = outcome.ruling
    local ____opt_6 = ____opt_8 and ____opt_8.finding
    local ____temp_12 = ____opt_6 and ____opt_6.category
    if ____temp_12 == nil then
        local ____opt_10 = outcome.findings[1]
        ____temp_12 = ____opt_10 and ____opt_10.category
    end
    return ____temp_12
end
--- In `log`, as it is over.
____exports.keepRequest = function(instance, outcome)
    local variables = ngx.var
    local now = ngx.now()
    local ____outcome_13 = outcome
    local facts = ____outcome_13.facts
    local ____outcome_source_ip_16 = outcome.source.ip
    local ____temp_17 = {}
    local ____temp_18 = {}
    local ____temp_19 = tonumber(variables.http_content_length or "0") or 0
    local ____outcome_status_20 = outcome.status
    local ____temp_21 = outcome.isStopped and "own" or outcome.answeredBy
    local ____opt_14 = outcome.ruling
    local descriptor = {
        at = now,
        method = "",
        path = "",
        ip = ____outcome_source_ip_16,
        query = ____temp_17,
        headers = ____temp_18,
        body_bytes = ____temp_19,
        status = ____outcome_status_20,
        source = ____temp_21,
        verdict = ____opt_14 and ____opt_14.verdict or "allow",
        latency_ms = math.floor((now - ngx.req.start_time()) * 1000 + 0.5)
    }
    local category = categoryOf(outcome)
    if category ~= nil then
        descriptor.category = category
    end
    addPlace(outcome, descriptor)
    local ____opt_22 = kong.client.get_consumer()
    local consumer = ____opt_22 and ____opt_22.id
    if consumer ~= nil then
        descriptor.consumer = consumer
    end
    return {
        descriptor = descriptor,
        instance = instance,
        presented = findPresented(instance),
        method = facts and facts.method or variables.request_method or "",
        path = facts and facts.path or variables.uri or "",
        query = facts and facts.query or variables.args or "",
        headers = listHeaders(),
        agent = facts and facts.userAgent or variables.http_user_agent or "",
        host = variables.http_host or "",
        contentType = variables.http_content_type or ""
    }
end
--- Names repeat, and to redact one costs more than to look it up.
local names = {}
local nameCount = 0
local function redactName(name)
    local known = names[name]
    if known ~= nil then
        return known
    end
    if nameCount >= KEPT_NAMES then
        names = {}
        nameCount = 0
    end
    local redacted = redactText(name, MAX_NAME)
    names[name] = redacted
    nameCount = nameCount + 1
    return redacted
end
--- Of arguments that have a value; without one the name may be the secret.
local function listQuery(query)
    local listed = {}
    local isListed = {}
    local looked = 0
    for name in gmatch(query, "([^&=]+)=[^&]*") do
        looked = looked + 1
        if #listed >= MAX_QUERY or looked > MAX_LISTED then
            break
        end
        if not (isListed[name] ~= nil) then
            isListed[name] = true
            listed[#listed + 1] = redactName(name)
        end
    end
    return listed
end
local FAMILIES = {
    "Edg/",
    "OPR/",
    "SamsungBrowser/",
    "Firefox/",
    "HeadlessChrome/",
    "Chrome/",
    "Safari/"
}
--- Of a browser its name, of everything else the first product.
local function familyOf(agent)
    local compatible = match(agent, "compatible; ([%w_.-]+)")
    if compatible ~= nil then
        return compatible
    end
    for ____, family in ipairs(FAMILIES) do
        local at = find(agent, family, 1, true)
        if at ~= nil then
            return sub(family, 1, -2)
        end
    end
    local first = match(agent, "^[%w_.-]+")
    return first or ""
end
--- What the agent gets.
____exports.describeRequest = function(kept)
    local ____kept_32 = kept
    local descriptor = ____kept_32.descriptor
    addIdentity(kept)
    descriptor.method = redactName(kept.method)
    descriptor.path = redactPath(kept.path)
    descriptor.query = listQuery(kept.query)
    for ____, name in ipairs(kept.headers) do
        local ____descriptor_headers_33 = descriptor.headers
        ____descriptor_headers_33[#____descriptor_headers_33 + 1] = redactName(name)
    end
    local family = familyOf(kept.agent)
    if family ~= "" then
        descriptor.agent = redactName(family)
    end
    if kept.host ~= "" then
        descriptor.host = redactName(kept.host)
    end
    local mediaType = match(kept.contentType, "^[^;]+")
    if mediaType ~= nil then
        descriptor.content_type = redactName(mediaType)
    end
    return descriptor
end
return ____exports
