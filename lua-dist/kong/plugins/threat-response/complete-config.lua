local ____exports = {}
--- An instance on a route or service replaces the global one whole. Where it names no agent it means that of the node's other instances: what it sees is
-- reported, and decisions hold for it. Kong's own table stays as it is.
____exports.completeConfig = function(config, main)
    if main == nil or config.agent.url ~= nil or config.gateway ~= main.gateway then
        return config
    end
    local complete = setmetatable({}, {__index = config})
    complete.agent = main.agent
    return complete
end
--- Whose `hash_key` counts for it, for the same reason. What it is may not be known yet: Kong looks secrets up later, in its own table.
____exports.keyConfigOf = function(config, main) return (config.hash_key == nil or config.hash_key == "") and (main or config) or config end
return ____exports
