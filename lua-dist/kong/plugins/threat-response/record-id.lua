local ____exports = {}
local ____node_2Didentity_2Ets = require("kong.plugins.threat-response.node-identity")
local nodeName = ____node_2Didentity_2Ets.nodeName
local workerName = ____node_2Didentity_2Ets.workerName
--- Ids of what is reported: never the same twice, also after a restart.
local prefix
local counter = 0
____exports.nextRecordId = function()
    if prefix == nil then
        prefix = (nodeName() .. "-") .. workerName()
    end
    counter = counter + 1
    return (prefix .. "-") .. tostring(counter)
end
return ____exports
