local ____exports = {}
local LIST, TOLD, gmatch, learned, listed, readList
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local MAX_LOGIN_PATH = ____learning_2Ets.MAX_LOGIN_PATH
local MAX_LOGINS = ____learning_2Ets.MAX_LOGINS
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____login_2Dpath_2Ets = require("kong.plugins.threat-response.features.login-path")
local loginPath = ____login_2Dpath_2Ets.loginPath
local ____answers_2Ets = require("kong.plugins.threat-response.logins.answers")
local isRefusal = ____answers_2Ets.isRefusal
--- Once a second: what other workers have learned.
function ____exports.syncLearnedLogins()
    local list = readList(LIST) .. readList(TOLD)
    if list == listed then
        return
    end
    listed = list
    learned = {}
    for path in gmatch(list, "([^\n]+)\n") do
        learned[string.lower(path)] = true
    end
end
--- Paths that nobody has named as logins and that behave like one: bodies with a password are refused now and accepted then, from several
-- addresses. A path counts from its eighth refusal and success on; all workers then know it, and the log says so once.
local PASSWORD_FIELDS = {"password", "passwd", "passphrase", "pass"}
--- What is in all of them: bodies without it are searched once.
local COMMON_PART = "pass"
local OTHER_FIELD = "pwd"
local MIN_EACH = 8
local MIN_ADDRESSES = 3
local MOST_CANDIDATES = 200
local LONGEST_BODY = 8192
local KEEP_S = 604800
LIST = "lL"
TOLD = "lM"
local KEEP_TOLD_S = 1800
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
gmatch = ____string_0.gmatch
local gsub = ____string_0.gsub
local sub = ____string_0.sub
local candidates = {}
local size = 0
learned = {}
listed = ""
local function isField(body, from, to)
    local before = from == 1 and 38 or byte(body, from - 1)
    local after = byte(body, to + 1)
    return before == 34 and after == 34 or before == 38 and after == 61 or before == 91 and after == 93
end
local function hasField(body, field)
    local from, to = find(body, field, 1, true)
    return from ~= nil and isField(body, from, to)
end
--- Whether a body has a field for a password.
____exports.hasPassword = function(body)
    if hasField(body, OTHER_FIELD) then
        return true
    end
    if (find(body, COMMON_PART, 1, true)) == nil then
        return false
    end
    for ____, field in ipairs(PASSWORD_FIELDS) do
        if hasField(body, field) then
            return true
        end
    end
    return false
end
--- Whether a path, as `login-path.ts` spells it, has been learned to be a login; one look into a set.
____exports.isLearnedLogin = function(path) return learned[path] ~= nil end
--- Whoever says so.
____exports.canBeLogin = function(path) return #path <= MAX_LOGIN_PATH and sub(path, 1, 1) == "/" and (find(path, "[%c]")) == nil end
local function candidateOf(path)
    local known = candidates[path]
    if known ~= nil then
        return known
    end
    if size >= MOST_CANDIDATES then
        candidates = {}
        size = 0
    end
    local fresh = {failures = 0, successes = 0, addresses = {}}
    candidates[path] = fresh
    size = size + 1
    return fresh
end
local function addAddress(addresses, key)
    if #addresses >= MIN_ADDRESSES then
        return
    end
    for ____, known in ipairs(addresses) do
        if known == key then
            return
        end
    end
    addresses[#addresses + 1] = key
end
local function countListed(list)
    local ____, count = gsub(list, "\n", "\n")
    return count
end
readList = function(key)
    local list = counters:get(key)
    return list or ""
end
local function publish(path)
    local list = readList(LIST)
    local at = find("\n" .. list, ("\n" .. path) .. "\n", 1, true)
    if at == nil and countListed(list) < MAX_LOGINS then
        counters:set(LIST, (list .. path) .. "\n", KEEP_S)
        kong.log.notice("takes POST ", path, " for a login from now on: it refuses and accepts passwords")
    end
    ____exports.syncLearnedLogins()
end
--- What workers of this node have learned, as far as it can be told to others in one word.
____exports.ownLogins = function()
    local paths = {}
    for path in gmatch(
        readList(LIST),
        "([^\n]+)\n"
    ) do
        local isWord = find(path, "^[!-~]+$")
        if isWord ~= nil then
            paths[#paths + 1] = path
        end
    end
    return paths
end
--- Paths that other nodes have learned; all of them, each time.
____exports.keepToldLogins = function(paths)
    local lines = {}
    for ____, path in ipairs(paths) do
        if #lines < MAX_LOGINS then
            lines[#lines + 1] = path .. "\n"
        end
    end
    counters:set(
        TOLD,
        table.concat(lines),
        KEEP_TOLD_S
    )
end
--- 201 and 204 are the answers of forms that set passwords, not of those that ask for one.
local function isAccepted(status)
    return status == 200 or status == 302 or status == 303
end
local function isRedirect(status)
    return status >= 300 and status < 400
end
local function isPromising(facts)
    return facts.method == "POST" and facts.body ~= nil and #facts.body <= LONGEST_BODY
end
--- A request that is no login attempt is over.
____exports.learnLogin = function(instance, facts, status)
    if not instance.config.login.learn_paths or facts.login ~= nil then
        return
    end
    if not isPromising(facts) then
        return
    end
    local isFailure = instance.isLoginFailure[status] ~= nil or isRedirect(status) and isRefusal(ngx.var.sent_http_location, instance.config.login.failure_locations)
    if not isFailure and not isAccepted(status) or not ____exports.hasPassword(facts.body) then
        return
    end
    local path = loginPath()
    if not ____exports.canBeLogin(path) then
        return
    end
    local candidate = candidateOf(path)
    if isFailure then
        candidate.failures = candidate.failures + 1
    else
        candidate.successes = candidate.successes + 1
    end
    addAddress(candidate.addresses, facts.source.key)
    local failures = candidate.failures
    local successes = candidate.successes
    local addresses = candidate.addresses
    if failures >= MIN_EACH and successes >= MIN_EACH and #addresses >= MIN_ADDRESSES then
        publish(path)
    end
end
return ____exports
