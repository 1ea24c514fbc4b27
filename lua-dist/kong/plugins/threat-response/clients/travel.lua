local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____known_2Ets = require("kong.plugins.threat-response.logins.known")
local addKnown = ____known_2Ets.addKnown
local isKnown = ____known_2Ets.isKnown
local ____spread_2Ets = require("kong.plugins.threat-response.spread")
local addMember = ____spread_2Ets.addMember
local countMembers = ____spread_2Ets.countMembers
--- From which networks and with which user agents an identity comes: remembered for days in the sets that all workers share. Each worker asks
-- them only when an identity changes its network or agent.
local DAY_S = 86400
local KEPT = 4000
local ASK_EVERY_S = 600
local USUAL_FACTOR = 3
local SLOWLY = 0.02
local FEW_NETWORKS = 3
local ____string_0 = string
local sub = ____string_0.sub
local young = {}
local old = {}
local size = 0
local function remember(owner, last)
    if young[owner] == nil then
        if size >= KEPT then
            old = young
            young = {}
            size = 0
        end
        size = size + 1
    end
    young[owner] = last
end
--- /24 of IPv4, /48 of IPv6.
local function networkOf(binary)
    return sub(binary, 1, #binary == 16 and 6 or 3)
end
--- True when it was not known; from now on it is.
local function isNew(text)
    if isKnown(text) then
        return false
    end
    addKnown(text)
    return true
end
--- The most new ones that one window usually brings: a key in an app that is everywhere has new networks all the time.
local function exceeds(kind, owner, limit, count, isLearning)
    local name = ("cu" .. kind) .. owner
    local stored = counters:get(name)
    local usual = stored or 0
    local isAbove = not isLearning and count >= limit and count > USUAL_FACTOR * usual
    local learned = isLearning and math.max(usual, count) or math.min(
        math.max(usual, count),
        usual + SLOWLY
    )
    if learned > usual then
        counters:set(name, learned, 7 * DAY_S)
    end
    return isAbove
end
local function judge(limits, owner, network, agent, age)
    local isLearning = age < limits.learn_s
    local isFrom = isNew(("cn" .. owner) .. network)
    local isWith = isNew(("ca" .. owner) .. agent)
    local before = countMembers("d", DAY_S, owner)
    addMember("d", DAY_S, owner, network)
    local networks = isFrom and addMember("n", limits.window_s, owner, network) or 0
    local agents = isWith and addMember("g", limits.window_s, owner, agent) or 0
    if isFrom and exceeds(
        "n",
        owner,
        limits.max_new_networks,
        networks,
        isLearning
    ) then
        return ("an identity comes from " .. tostring(networks)) .. " networks at once that it never came from"
    end
    if isWith and exceeds(
        "g",
        owner,
        limits.max_new_agents,
        agents,
        isLearning
    ) then
        return ("an identity comes with " .. tostring(agents)) .. " user agents at once that it never had"
    end
    if isFrom and isWith and not isLearning and before > 0 and before <= FEW_NETWORKS then
        return "an identity comes from a new network and with a new user agent at the same time"
    end
    return nil
end
--- Why a request of an identity is unusual for it; nil when it is not, which costs one look into a table.
____exports.findTravel = function(limits, owner, since, binary, agent)
    local now = ngx.now()
    local network = networkOf(binary)
    local last = young[owner] or old[owner]
    if last ~= nil and last.network == network and last.agent == agent and now - last.askedAt < ASK_EVERY_S then
        return nil
    end
    remember(owner, {network = network, agent = agent, askedAt = now})
    return judge(
        limits,
        owner,
        network,
        agent,
        now - since
    )
end
return ____exports
