local ____exports = {}
local ____scan_2Drequest_2Ets = require("kong.plugins.threat-response.payload.scan-request")
local scanRequest = ____scan_2Drequest_2Ets.scanRequest
--- Catches injected code in any part of a request: SQL, script, shell commands, paths, templates and others (contract/categories.ts).
-- Example: `/search?q=1' union select password from users--`. Also names scanners by their user agent, which only earns a flag:
-- whoever means harm changes it.
____exports.detectPayload = function(parts, ip, limits)
    local found = scanRequest(parts, limits)
    if found == nil then
        return nil
    end
    local isInjection = found.class ~= nil
    local finding = {
        category = isInjection and "payload_injection" or "abuse",
        detector = isInjection and "payload" or "scanner",
        score = found.score,
        action = isInjection and "block" or "flag",
        subject = "ip",
        value = ip,
        field = found.field,
        window = found.window,
        reason = found.reason
    }
    if found.class ~= nil then
        finding.class = found.class
    end
    return finding
end
return ____exports
