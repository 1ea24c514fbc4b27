local ____exports = {}
--- Messages that may come with every poll or record: each topic is logged at most once in a while, with the number left out.
local QUIET_S = 30
local topics = {}
--- The end of what was told under that topic, if anything was.
function ____exports.logOver(topic, message)
    if topics[topic] == nil then
        return
    end
    topics[topic] = nil
    ngx.log(ngx.NOTICE, "[threat-response] ", message)
end
function ____exports.logOccasionally(level, topic, message)
    local now = ngx.now()
    local known = topics[topic]
    if known ~= nil and now < known["until"] then
        known.held = known.held + 1
        return
    end
    local held = known == nil and 0 or known.held
    topics[topic] = {["until"] = now + QUIET_S, held = 0}
    local more = held > 0 and (" (and " .. tostring(held)) .. " times more since the last message)" or ""
    ngx.log(level, "[threat-response] ", message, more)
end
return ____exports
