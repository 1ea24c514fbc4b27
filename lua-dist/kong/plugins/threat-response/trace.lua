local ____exports = {}
____exports.traceOf = function() return kong.ctx.plugin or ({}) end
--- Stopped, or allowed whatever else may be found.
____exports.isSettled = function(trace)
    local ____temp_2 = trace.stopped == true
    if not ____temp_2 then
        local ____opt_0 = trace.ruling
        ____temp_2 = (____opt_0 and ____opt_0.verdict) == "allow"
    end
    return ____temp_2
end
return ____exports
