local ____exports = {}
____exports.STRENGTH = {allow = 0, flag = 1, throttle = 2, block = 3}
--- The stronger of two rulings; of equally strong ones the first.
____exports.stronger = function(a, b)
    if a == nil then
        return b
    end
    if b == nil then
        return a
    end
    return ____exports.STRENGTH[b.verdict] > ____exports.STRENGTH[a.verdict] and b or a
end
____exports.isStop = function(verdict) return verdict == "throttle" or verdict == "block" end
____exports.stops = function(ruling) return ruling ~= nil and ____exports.isStop(ruling.verdict) end
--- A finding at the block threshold earns its own strongest action, one at the flag threshold a flag, anything below nothing.
____exports.ruleFinding = function(finding, thresholds, retryAfter)
    if finding.score < thresholds.flag then
        return nil
    end
    local verdict = finding.score < thresholds.block and "flag" or finding.action
    return {
        verdict = verdict,
        by = "detector",
        reason = finding.reason,
        retry_after = retryAfter,
        score = finding.score,
        finding = finding
    }
end
--- The strongest ruling that any of the findings earns; with `isTrial` any of those that are only tried out.
____exports.ruleFindings = function(findings, limits, isTrial)
    local ruling
    for ____, finding in ipairs(findings or ({})) do
        do
            if finding.isTrial == true ~= (isTrial == true) then
                goto __continue10
            end
            local isLogin = finding.category == "credential_stuffing"
            local retryAfter = finding.retryAfter or (isLogin and limits.login.window_s or limits.flood.window_s)
            ruling = ____exports.stronger(
                ruling,
                ____exports.ruleFinding(finding, limits.thresholds, retryAfter)
            )
        end
        ::__continue10::
    end
    return ruling
end
return ____exports
