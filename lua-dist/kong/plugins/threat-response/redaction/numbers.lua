local ____exports = {}
--- Numbers that name a person or an account.
local MASK = "[redacted]"
local function digitsOf(text)
    local digits = string.gsub(text, "%D", "")
    return digits
end
local function passesLuhn(digits)
    local sum = 0
    for i = 1, #digits do
        local digit = string.byte(digits, #digits + 1 - i) - 48
        if i % 2 == 0 then
            digit = digit > 4 and digit * 2 - 9 or digit * 2
        end
        sum = sum + digit
    end
    return sum % 10 == 0
end
local function isCard(text)
    local digits = digitsOf(text)
    return #digits >= 13 and #digits <= 19 and passesLuhn(digits) and (string.find(digits, "[1-9]")) ~= nil
end
local function isIban(text)
    local compact = string.gsub(
        string.upper(text),
        "[ +-]",
        ""
    )
    if #compact < 15 or #compact > 34 then
        return false
    end
    local turned = string.sub(compact, 5) .. string.sub(compact, 1, 4)
    local rest = 0
    for i = 1, #turned do
        local byte = string.byte(turned, i)
        rest = byte >= 65 and (rest * 100 + byte - 55) % 97 or (rest * 10 + byte - 48) % 97
    end
    return rest == 1
end
--- Words that follow look like further groups: the longest part that adds up is the number.
local function maskIban(text)
    do
        local length = #text
        while length >= 15 do
            if isIban(string.sub(text, 1, length)) then
                return MASK .. string.sub(text, length + 1)
            end
            length = length - 1
        end
    end
    return text
end
local function maskCard(run)
    return isCard(run) and MASK or run
end
local IDENTIFIERS = {
    "%f[%w]%d%d%d%-%d%d%-%d%d%d%d%f[%W]",
    "%f[%w]%d%d%d%.%d%d%d%.%d%d%d%-%d%d%f[%W]",
    "%f[%w][A-Z][A-Z][ +]?%d%d[ +]?%d%d[ +]?%d%d[ +]?[A-D]%f[%W]",
    "%+%d[%d +.()%-]+%d%d%d",
    "%(%d%d%d%) ?%d%d%d[ .%-]%d%d%d%d",
    "%f[%w]%d%d%d[ +.%-]%d%d%d[ +.%-]%d%d%d%d%f[%W]"
}
--- Masks payment cards (Luhn), IBAN (mod 97), national identifiers and telephone numbers.
function ____exports.maskNumbers(text)
    if (string.find(text, "%d%d")) == nil then
        return text
    end
    local masked = string.gsub(text, "%f[%w]%a%a%d%d[%w +-]+", maskIban)
    masked = string.gsub(masked, "%d[%d +-]+%d", maskCard)
    for ____, pattern in ipairs(IDENTIFIERS) do
        masked = string.gsub(masked, pattern, MASK)
    end
    return masked
end
return ____exports
