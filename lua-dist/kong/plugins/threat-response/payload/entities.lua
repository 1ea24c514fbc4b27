local ____exports = {}
--- HTML entities that hide attacks, and the bytes they stand for.
____exports.ENTITIES = {
    lt = 60,
    gt = 62,
    amp = 38,
    quot = 34,
    apos = 39,
    lpar = 40,
    rpar = 41,
    colon = 58,
    tab = 9,
    newline = 10,
    sol = 47,
    equals = 61,
    nbsp = 32,
    grave = 96,
    semi = 59,
    comma = 44,
    period = 46,
    lbrace = 123,
    lcub = 123,
    dollar = 36
}
return ____exports
