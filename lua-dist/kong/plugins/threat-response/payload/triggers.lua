local ____exports = {}
--- Without any of these, and without any literal of a rule, a text is not even decoded: what an attack cannot do without. The model
-- looks at all others. A space stands for any white space.
____exports.TRIGGERS = {
    "'",
    "\"",
    "`",
    "<",
    "(",
    "|",
    "\\",
    "^",
    "..",
    "${",
    "{{",
    "#{",
    "%{",
    "{%",
    "@{",
    "[$",
    "{$",
    "*)",
    ";",
    "&&"
}
return ____exports
