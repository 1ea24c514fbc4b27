local ____exports = {}
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
--- A reference that Kong has not resolved stands there as it is, or as an empty text.
local function isUnresolved(secret)
    return secret ~= nil and (secret == "" or string.sub(secret, 1, 9) == "{vault://")
end
local function findUnresolved(____bindingPattern0)
    local feed_secret
    local secret
    secret = ____bindingPattern0.secret
    feed_secret = ____bindingPattern0.feed_secret
    if isUnresolved(secret) then
        return "agent.secret"
    end
    return isUnresolved(feed_secret) and "agent.feed_secret" or nil
end
local function resolve(agent)
    return kong.vault.update(agent)
end
--- Whether the keys can be used: nothing is signed with what is none, and nothing that was is taken. Kong resolves references in its own table, for a data
-- plane that starts without its control plane only when a request comes; timers ask for it.
function ____exports.hasKeys(agent)
    if findUnresolved(agent) == nil then
        return true
    end
    pcall(resolve, agent)
    local name = findUnresolved(agent)
    if name == nil then
        return true
    end
    local ____until = "nothing goes to the agent or comes from it until it is"
    logOccasionally(ngx.ERR, "keys", (("the reference in " .. name) .. " is not resolved on this node, see Kong's messages: ") .. ____until)
    return false
end
local hasWarned = false
--- Kong configures all workers, and often: one of them says it, once.
function ____exports.warnOfHashKey(configs)
    if hasWarned or ngx.worker.id() ~= 0 then
        return
    end
    for ____, ____value in ipairs(configs) do
        local agent = ____value.agent
        local hash_key = ____value.hash_key
        do
            if agent.url == nil or hash_key ~= nil and hash_key ~= "" then
                goto __continue11
            end
            hasWarned = true
            ngx.log(ngx.WARN, "[threat-response] hash_key is not set: this node draws one of its own whenever Kong starts, so that nobody knows the users and credentials ", "of other nodes, or of before, again. Set the same on all nodes: openssl rand -hex 32 makes one")
            return
        end
        ::__continue11::
    end
end
return ____exports
