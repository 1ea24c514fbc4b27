local ____exports = {}
local failures = 0
local said = 0
--- How often this worker let a request pass because of an error of the plugin itself.
____exports.failOpenCount = function() return failures end
--- Counts an error that let a request pass, and says so at most once in ten seconds.
____exports.countFailOpen = function(phase, reason)
    failures = failures + 1
    local now = ngx.time()
    if now - said < 10 then
        return
    end
    said = now
    ngx.log(
        ngx.ERR,
        "[threat-response] ",
        phase,
        " failed, the request was let through (",
        failures,
        " so far): ",
        tostring(reason)
    )
end
return ____exports
