local ____exports = {}
--- What makes the model look, besides the literals of rules: a text without any of these is not even decoded. Quotes inside words,
-- brackets after blanks, and single pipes, which ordinary text is full of, are not among them. A space stands for any white space.
local AFTER_QUOTE = " ,;)(]}<>=+-*/|&^!#%.:\"'0123456789"
local BEFORE_QUOTE = " =(,;:/>"
local SIGNS = {
    "`",
    "<",
    "\\",
    "^",
    "||",
    "|/",
    "|$",
    "&&",
    "${",
    "{{",
    "#{",
    "%{",
    "{%",
    "@{",
    "[$",
    "{$",
    "*)",
    ";/",
    ";$",
    "$("
}
local function quoted()
    local triggers = {}
    for ____, quote in ipairs({"'", "\""}) do
        for i = 1, #AFTER_QUOTE do
            triggers[#triggers + 1] = quote .. string.sub(AFTER_QUOTE, i, i)
        end
        for i = 1, #BEFORE_QUOTE do
            triggers[#triggers + 1] = string.sub(BEFORE_QUOTE, i, i) .. quote
        end
    end
    return triggers
end
--- Calls: a bracket right after a letter.
local function called()
    local triggers = {}
    for letter = 97, 122 do
        triggers[#triggers + 1] = string.char(letter) .. "("
    end
    return triggers
end
local function allTriggers()
    local triggers = quoted()
    for ____, call in ipairs(called()) do
        triggers[#triggers + 1] = call
    end
    for ____, sign in ipairs(SIGNS) do
        triggers[#triggers + 1] = sign
    end
    return triggers
end
____exports.TRIGGERS = allTriggers()
return ____exports
