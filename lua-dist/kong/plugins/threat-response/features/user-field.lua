local ____exports = {}
--- The users that a login names, in JSON, forms, multipart and XML, without decoding the rest. All of them count: which of two spellings of a
-- field a service takes, nobody knows here, and who adds the name of somebody well known to a victim's is neither of the two.
local MOST_USERS = 8
local MOST_PAIRS = 1000
local LONGEST_NAME = 128
local LONGEST_FIELD = 64
local ____string_0 = string
local byte = ____string_0.byte
local char = ____string_0.char
local find = ____string_0.find
local gsub = ____string_0.gsub
local lower = ____string_0.lower
local match = ____string_0.match
local sub = ____string_0.sub
local ____math_1 = math
local floor = ____math_1.floor
local QUOTE = 34
local SPACE = 32
--- Without surrounding space, in lower case. No pattern: one that looks for the end from each place takes seconds for what is all spaces.
____exports.canonicalUser = function(text)
    local from = 1
    while from <= #text and byte(text, from) <= SPACE do
        from = from + 1
    end
    local to = math.min(#text, from + LONGEST_NAME - 1)
    while to >= from and byte(text, to) <= SPACE do
        to = to - 1
    end
    return lower(sub(text, from, to))
end
--- Each once. Services take the first or the last of several: of very many the last is kept.
____exports.addUser = function(users, text)
    local name = ____exports.canonicalUser(text)
    if name == "" then
        return
    end
    for ____, known in ipairs(users) do
        if known == name then
            return
        end
    end
    if #users == MOST_USERS then
        users[MOST_USERS] = name
    else
        users[#users + 1] = name
    end
end
local function putCodePoint(code)
    if code < 128 then
        return char(code)
    end
    if code < 2048 then
        return char(
            192 + floor(code / 64),
            128 + code % 64
        )
    end
    return char(
        224 + floor(code / 4096),
        128 + floor(code / 64) % 64,
        128 + code % 64
    )
end
--- Quotes and backslashes stay escaped.
local function decodeEscape(digits)
    local code = tonumber(digits, 16)
    return (code == QUOTE or code == 92) and "\\u" .. digits or putCodePoint(code)
end
local function unescapeJson(text)
    local at = find(text, "\\u", 1, true)
    if at == nil then
        return text
    end
    local decoded = gsub(text, "\\u(%x%x%x%x)", decodeEscape)
    return decoded
end
--- Where the JSON string that begins behind `start` ends.
local function findEnd(text, start)
    local at = start
    while at ~= nil do
        at = find(text, "[\"\\]", at)
        if at == nil or byte(text, at) == QUOTE then
            return at
        end
        at = at + 2
    end
    return nil
end
local function addJsonValue(users, text, from)
    local ____, opened = find(text, "^%s*:%s*\"", from)
    if opened ~= nil then
        local ____end = findEnd(text, opened + 1)
        if ____end ~= nil then
            ____exports.addUser(
                users,
                sub(text, opened + 1, ____end - 1)
            )
        end
        return
    end
    local digits = match(text, "^%s*:%s*(%d+)", from)
    if digits ~= nil then
        ____exports.addUser(users, digits)
    end
end
local function addFromJson(users, body, fields)
    local text = unescapeJson(body)
    local lowered = lower(text)
    for ____, field in ipairs(fields) do
        local name = ("\"" .. field) .. "\""
        local at, last = find(lowered, name, 1, true)
        while at ~= nil and last ~= nil do
            addJsonValue(users, text, last + 1)
            at, last = find(lowered, name, last + 1, true)
        end
    end
end
local function decodeForm(text)
    local spaced = gsub(text, "%+", " ")
    return ngx.unescape_uri(spaced)
end
--- `email` of `user[email]` too.
local function isField(raw, fields)
    if #raw > LONGEST_FIELD then
        return false
    end
    local decoded = ____exports.canonicalUser(decodeForm(raw))
    local inner = match(decoded, "%[([^%[%]]+)%]$")
    local name = inner or decoded
    for ____, field in ipairs(fields) do
        if field == name then
            return true
        end
    end
    return false
end
--- Of a query too.
____exports.addFromForm = function(users, text, fields)
    local from, to = find(text, "[^&;]+")
    local ____pairs = 0
    while from ~= nil and to ~= nil and ____pairs < MOST_PAIRS do
        local pair = sub(text, from, to)
        local equals = find(pair, "=", 1, true)
        if equals ~= nil and isField(
            sub(pair, 1, equals - 1),
            fields
        ) then
            ____exports.addUser(
                users,
                decodeForm(sub(pair, equals + 1))
            )
        end
        from, to = find(text, "[^&;]+", to + 1)
        ____pairs = ____pairs + 1
    end
end
local function addFromMultipart(users, body, fields)
    local lowered = lower(body)
    local at, last = find(lowered, "[; \t]name%s*=%s*\"?", 1)
    while at ~= nil and last ~= nil do
        local name = match(lowered, "^[^\";\r\n]*", last + 1)
        local next = last + 1
        if isField(name, fields) then
            local ____, blank = find(body, "\r?\n\r?\n", next)
            if blank == nil then
                return
            end
            local value = match(body, "^[^\r\n]*", blank + 1)
            ____exports.addUser(users, value)
            next = blank + 1
        end
        at, last = find(lowered, "[; \t]name%s*=%s*\"?", next)
    end
end
local function addFromXml(users, body, fields)
    local lowered = lower(body)
    for ____, field in ipairs(fields) do
        local at, last = find(lowered, field, 1, true)
        while at ~= nil and last ~= nil do
            local before = at > 1 and byte(lowered, at - 1) or 0
            local ____, opened = unpack(
                (before == 60 or before == 58) and ({find(lowered, "^[%s>]", last + 1)}) or ({nil, nil}),
                1,
                2
            )
            if opened ~= nil then
                local ____end = find(lowered, ">", last + 1, true)
                if ____end == nil then
                    break
                end
                local value = match(body, "^[^<]*", ____end + 1)
                ____exports.addUser(users, value)
                last = ____end
            end
            at, last = find(lowered, field, last + 1, true)
        end
    end
end
local BRACE = 123
local BRACKET = 91
local LESS = 60
--- Of UTF-16 and UTF-32 what is ASCII.
local function narrow(body)
    local zero = find(body, "%z")
    if zero == nil then
        return body
    end
    local text = gsub(body, "%z", "")
    return text
end
--- Adds the users that a body names in one of `fields`; by its looks as well as by its type, since services differ in what they go by.
____exports.addFromBody = function(users, body, contentType, fields)
    local ____type = lower(contentType or "")
    local text = narrow(body)
    local start = find(text, "[%w%p]")
    local first = start == nil and 0 or byte(text, start)
    local isJson = find(____type, "json", 1, true)
    if isJson ~= nil or first == BRACE or first == BRACKET then
        addFromJson(users, text, fields)
    end
    if sub(____type, 1, 10) == "multipart/" then
        addFromMultipart(users, text, fields)
    elseif first == LESS then
        addFromXml(users, text, fields)
    elseif isJson == nil then
        ____exports.addFromForm(users, text, fields)
    end
end
return ____exports
