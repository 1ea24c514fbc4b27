local ____exports = {}
local shareName
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local randomHex = ____digest_2Ets.randomHex
function shareName()
    counters:add(
        "N",
        randomHex(16)
    )
    local name = counters:get("N")
    return name
end
--- Names this node and this worker in everything that is sent.
local node
local function askKong()
    return kong.node.get_id()
end
--- Kong's node id; where there is none, a random name that the workers of this node share.
function ____exports.nodeName()
    if node == nil then
        local ok, id = pcall(askKong)
        node = ok and type(id) == "string" and id or shareName()
    end
    return node
end
local worker
--- Differs between workers and between a worker and its successor.
function ____exports.workerName()
    if worker == nil then
        worker = (((tostring(ngx.worker.id() or 0) .. ".") .. tostring(ngx.worker.pid())) .. ".") .. randomHex(4)
    end
    return worker
end
return ____exports
