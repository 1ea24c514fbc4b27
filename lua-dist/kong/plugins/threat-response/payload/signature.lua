local ____exports = {}
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local format = ____string_0.format
local lower = ____string_0.lower
local sub = ____string_0.sub
--- Words that mean something to an interpreter keep their identity: a text about fish never has the signature of a query.
local TELLING = ((((" select union insert update delete drop from where having order group sleep benchmark waitfor delay exec execute declare cast convert" .. " concat char chr script alert prompt confirm eval onerror onload onclick javascript document cookie window location iframe svg img src") .. " href style expression body input xml entity doctype system public file php http https ftp gopher dict jndi ldap rmi etc passwd shadow") .. " cmd bash sh powershell wget curl cat ls id whoami ping nc echo chmod rm base64 python perl ruby java runtime process class import") .. " require include proto constructor prototype or and not null like in between is true false limit offset exists case when then else end") .. " schema information mysql sqlite pg table database load outfile dumpfile into values set version user admin root "
local MAX_TOKENS = 48
local function isTelling(word)
    local at = find(
        TELLING,
        (" " .. lower(word)) .. " ",
        1,
        true
    )
    return at ~= nil
end
local function hash(state, text)
    local next = state
    for i = 1, #text do
        next = (next * 263 + byte(text, i) + 1) % 2147483629
    end
    return next
end
--- The class of the token that ends before `last`; runs of plain words are one.
local function classOf(token)
    local digits = find(token, "^%d+$")
    if digits ~= nil then
        return "0"
    end
    local word = find(token, "^%w")
    if word == nil then
        return sub(token, 1, 1)
    end
    return isTelling(token) and lower(token) or "w"
end
--- Where something was masked an attack might be, too: such a text has no signature.
local function isMasked(window)
    local at = find(window, "[redacted", 1, true)
    return at ~= nil
end
--- Eight hex digits for the text of a finding's window and its class; nil for a text of which something was masked. Blanks do not count, nor how
-- many plain words follow each other.
____exports.signatureOf = function(window, payloadClass)
    if isMasked(window) then
        return nil
    end
    local state = hash(7, payloadClass)
    local before = ""
    local tokens = 0
    local at = 1
    while tokens < MAX_TOKENS do
        local first, last = find(window, "[%w_]+", at)
        local sign = find(window, "[^%w_%s]", at)
        if first == nil and sign == nil then
            break
        end
        local isSign = sign ~= nil and (first == nil or sign < first)
        local ____end = isSign and sign or last
        local token = classOf(sub(window, isSign and sign or first, ____end))
        if token ~= "w" or before ~= "w" then
            state = hash(state, token .. " ")
            tokens = tokens + 1
        end
        before = token
        at = ____end + 1
    end
    return format("%08x", state)
end
return ____exports
