local ____exports = {}
local ____user_2Dfield_2Ets = require("kong.plugins.threat-response.features.user-field")
local addUser = ____user_2Dfield_2Ets.addUser
--- Logins as GraphQL mutations, where the values stand in the text itself: `login(email: "a@b", password: "…")`, inside of JSON.
local ARGUMENT = "^%s*:%s*\\?\"([^\"\\]*)"
local ____string_0 = string
local find = ____string_0.find
local lower = ____string_0.lower
local match = ____string_0.match
local function isLetter(text, at)
    return (find(text, "^[%w_]", at)) ~= nil
end
--- Whether something named `password` is given, as a variable or in the text.
____exports.hasPasswordArgument = function(body)
    local ____, to = find(body, "assword", 1, true)
    return to ~= nil and (find(body, "^\\?\"?%s*:", to + 1)) ~= nil
end
--- Adds the users that arguments of these names give.
____exports.addFromGraphql = function(users, body, fields)
    local lowered = lower(body)
    for ____, field in ipairs(fields) do
        local at, to = find(lowered, field, 1, true)
        while at ~= nil and to ~= nil do
            local value = unpack(
                at > 1 and isLetter(lowered, at - 1) and ({nil}) or ({match(body, ARGUMENT, to + 1)}),
                1,
                1
            )
            if value ~= nil then
                addUser(users, value)
            end
            at, to = find(lowered, field, to + 1, true)
        end
    end
end
return ____exports
