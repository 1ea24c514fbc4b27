local ____exports = {}
____exports.createCleanValues = function(most, longest) return {
    young = {},
    old = {},
    size = 0,
    most = most,
    longest = longest
} end
____exports.keepClean = function(known, value)
    if #value > known.longest then
        return
    end
    if known.size >= known.most then
        known.old = known.young
        known.young = {}
        known.size = 0
    end
    known.young[value] = true
    known.size = known.size + 1
end
____exports.isKnownClean = function(known, value)
    if known.young[value] ~= nil then
        return true
    end
    if known.old[value] == nil then
        return false
    end
    ____exports.keepClean(known, value)
    return true
end
return ____exports
