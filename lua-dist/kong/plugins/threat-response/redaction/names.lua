local ____exports = {}
--- Names under which a secret or something personal stands, compared without case and separators.
local SECRET_NAMES = "\n  password passwd passwort pwd pass passphrase passcode secret clientsecret secretkey privatekey signingkey accountkey\n  token csrf csrfmiddlewaretoken requestverificationtoken apikey accesskey accesskeyid authorization auth credential\n  credentials cookie setcookie session sessionid sessionkey sid phpsessid jsessionid connectsid otp totp mfacode\n  onetimecode pin pincode cvv cvc cvv2 signature sig xamzcredential codeverifier authcode assertion clientassertion\n  samlresponse samlrequest seedphrase mnemonic connectionstring databaseurl dsn\n  user username userid login loginname email mail phone phonenumber mobile tel firstname lastname fullname surname ssn\n  passport passportnumber taxid dob dateofbirth birthdate birthday cardnumber creditcard ccnumber iban accountnumber\n  streetaddress"
--- Endings that make any name one of a secret: `db_password`, `x-amz-security-token`.
local SECRET_ENDINGS = {
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "sessionid",
    "signature",
    "privatekey"
}
local SHORTEST_LAST_PART = 5
local names = {}
for name in string.gmatch(SECRET_NAMES, "%S+") do
    names[name] = true
end
local function compact(name)
    local bare = string.gsub(
        string.lower(name),
        "[^%w]",
        ""
    )
    return bare
end
--- Whether what stands under this name must not be shown: `user[password]`, `X-Api-Key`, `account.secret`.
function ____exports.isSecretName(name)
    local bare = compact(name)
    if names[bare] ~= nil then
        return true
    end
    for ____, ending in ipairs(SECRET_ENDINGS) do
        if string.sub(bare, -#ending) == ending then
            return true
        end
    end
    local last = string.match(name, "[.%[_%-:]([%w]+)[%]%s]*$")
    return last ~= nil and #last >= SHORTEST_LAST_PART and names[compact(last)] ~= nil
end
local MASK = "[redacted]"
--- A name and what stands between it and its separator, at the end of a text.
local NAME_BEFORE = "([%a][%w_.%-%[%]]*)([\\]*[\"'`]?%s*)$"
local LONGEST_NAME = 80
--- Index behind the value that starts at `at`: the closing quote, or the end of the word.
local function endOfValue(text, at)
    local quote = string.match(text, "^\\*[\"']", at)
    if quote == nil then
        local stop = string.find(text, "[%s&;,\"'<>}]", at)
        return stop or #text + 1
    end
    local from = at + #quote
    while true do
        local stop = string.find(text, quote, from, true)
        if stop == nil then
            return #text + 1
        end
        if string.sub(text, stop - 1, stop - 1) ~= "\\" then
            return stop + #quote
        end
        from = stop + 1
    end
end
local function isHeaderName(name)
    local bare = compact(name)
    return bare == "cookie" or bare == "setcookie" or (string.find(bare, "authorization$")) ~= nil
end
local function endOfLine(text, at)
    local stop = string.find(text, "[\r\n]", at)
    return stop or #text + 1
end
--- Masks what follows a telling name: `name=value`, `name: value`, `"name":"value"`.
function ____exports.maskNamed(text)
    local start = string.find(text, "[:=]")
    if start == nil then
        return text
    end
    local kept = {}
    local at = 1
    while start ~= nil do
        local before = string.sub(
            text,
            math.max(at, start - LONGEST_NAME),
            start - 1
        )
        local name = string.match(before, NAME_BEFORE)
        local ____, separatorEnd = string.find(text, "^[:=]>?[%s+]*", start)
        local next = (separatorEnd or start) + 1
        if name ~= nil and ____exports.isSecretName(name) then
            kept[#kept + 1] = string.sub(text, at, next - 1)
            kept[#kept + 1] = MASK
            next = isHeaderName(name) and endOfLine(text, next) or endOfValue(text, next)
            at = next
        end
        start = string.find(text, "[:=]", next)
    end
    kept[#kept + 1] = string.sub(text, at)
    return table.concat(kept)
end
local function maskElement(name, value)
    return ((("<" .. name) .. ">") .. (____exports.isSecretName(name) and MASK or value)) .. "<"
end
--- Masks `<name>value</name>`.
function ____exports.maskElements(text)
    local masked = string.gsub(text, "<([%a][%w_.:%-]*)>([^<]+)<", maskElement)
    return masked
end
return ____exports
