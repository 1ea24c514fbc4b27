local ____exports = {}
--- What this worker has learned since its last report; bounded, and what is too much is learned another time.
local MAX_VOTES = 200
local MAX_USED = 100
local votes = {}
local used = {}
local known = {}
--- False when there is no more room.
____exports.addVote = function(vote)
    if #votes >= MAX_VOTES then
        return false
    end
    votes[#votes + 1] = vote
    return true
end
--- An approved signature was met.
____exports.noteUse = function(route, field, signature)
    local key = (((route .. " ") .. field) .. " ") .. signature
    if #used >= MAX_USED or known[key] ~= nil then
        return
    end
    known[key] = true
    used[#used + 1] = {route_id = route, field = field, signature = signature}
end
____exports.takePending = function()
    local taken = {votes = votes, used = used}
    votes = {}
    used = {}
    known = {}
    return taken
end
return ____exports
