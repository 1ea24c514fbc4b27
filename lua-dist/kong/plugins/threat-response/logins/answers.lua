local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
--- Which of a route's answers to logins mean that the password was wrong, where the status alone does not say it: forms that come once more with
-- 200, redirects back, errors inside of JSON or GraphQL. Nobody reads bodies here. Answers are told apart by status, size, cookie and
-- Location; and who mistyped tries again at once and then gets another kind of answer, while who got in does not come back.
-- 
-- A kind is a failure once that was seen of eight users, where it was hardly ever the other way round and most logins end otherwise. What
-- is learned holds for a week after the last sign of it.
local AGAIN_S = 120
local KEEP_S = 604800
local MIN_LEFT = 8
--- So many times as often left as entered.
local ONE_WAY = 4
--- Of those that got this answer first, so many went on to another one.
local LEFT_SHARE = 0.2
--- Of all first answers: what is more frequent is a step of each login, or how logins succeed.
local MOST_SHARE = 0.15
local PER_DOUBLING = 1 / math.log(2)
local ____math_0 = math
local floor = ____math_0.floor
local log = ____math_0.log
local ____string_1 = string
local find = ____string_1.find
local lower = ____string_1.lower
local match = ____string_1.match
--- Without scheme, host and query.
local function pathOf(location)
    local rest = match(location, "^%a+://[^/?#]*([^?#]*)")
    return rest or (match(location, "^[^?#]*"))
end
--- 0: no redirect; 1: back to where the login was sent; 2: elsewhere.
local function directionOf(location)
    if location == nil then
        return 0
    end
    return lower(pathOf(location)) == lower(ngx.var.uri or "") and 1 or 2
end
local function sizeOf()
    local bytes = tonumber(ngx.var.sent_http_content_length or "")
    return (bytes == nil or bytes < 1) and 0 or floor(log(bytes) * PER_DOUBLING)
end
--- The kind of the answer there is.
____exports.kindOfAnswer = function(status)
    local variables = ngx.var
    local cookie = variables.sent_http_set_cookie == nil and 0 or 1
    local direction = directionOf(variables.sent_http_location)
    return string.format(
        "%d%d%d.%d",
        status,
        cookie,
        direction,
        direction == 0 and sizeOf() or 0
    )
end
--- Pure but for its case: whether a redirect says itself that the login failed.
____exports.isRefusal = function(location, parts)
    if location == nil then
        return false
    end
    local text = lower(location)
    for ____, part in ipairs(parts) do
        if (find(text, part, 1, true)) ~= nil then
            return true
        end
    end
    return false
end
local function read(key)
    local count = counters:get(key)
    return count or 0
end
--- Pure: whether an answer means that the login failed.
____exports.meansFailure = function(left, entered, first, all) return left >= MIN_LEFT and left >= ONE_WAY * entered and left >= LEFT_SHARE * first and first <= MOST_SHARE * all end
local function keyOf(letter, route, kind)
    return ((("Ja" .. letter) .. kind) .. ":") .. route
end
local function anyKey(route)
    return "Jav:" .. route
end
--- Whether anything was learned about the route: what counted as a success before may have been none.
____exports.hasLearnedAnswers = function(route) return (counters:get(anyKey(route))) ~= nil end
local function judge(route, kind)
    local left = read(keyOf("l", route, kind))
    local entered = read(keyOf("e", route, kind))
    local isLearned = (counters:get(keyOf("f", route, kind))) ~= nil
    if isLearned and entered > left then
        counters:delete(keyOf("f", route, kind))
        return
    end
    if not isLearned and not ____exports.meansFailure(
        left,
        entered,
        read(keyOf("n", route, kind)),
        read(keyOf("n", route, ""))
    ) then
        return
    end
    counters:set(
        keyOf("f", route, kind),
        true,
        KEEP_S
    )
    counters:set(
        anyKey(route),
        true,
        KEEP_S
    )
    if not isLearned then
        kong.log.notice(
            "takes an answer ",
            kind,
            " on route ",
            route,
            " for a failed login from now on"
        )
    end
end
local function count(letter, route, kind)
    counters:incr(
        keyOf(letter, route, kind),
        1,
        0,
        KEEP_S
    )
end
--- Notes an answer; `pair` is who logged in from where.
____exports.noteAnswer = function(route, pair, kind)
    local first, second = hashText((route .. " ") .. pair)
    local key = string.format("lr%08x%08x", first, second)
    local before = counters:get(key)
    counters:set(key, kind, AGAIN_S)
    if before == nil then
        count("n", route, kind)
        count("n", route, "")
    elseif before ~= kind then
        count("l", route, before)
        count("e", route, kind)
        judge(route, before)
        judge(route, kind)
    end
end
____exports.isLearnedFailure = function(route, kind) return (counters:get(keyOf("f", route, kind))) ~= nil end
return ____exports
