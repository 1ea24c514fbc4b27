local ____exports = {}
local HEAD_KEY = "F"
--- How old the head may be that a worker goes by.
local HEAD_AGE_S = 0.1
local NO_HEAD = {
    generation = 0,
    set = 0,
    gateway = "",
    epoch = 0,
    sequence = 0,
    length = 0,
    count = 0,
    latest = 0
}
local dictionary = ngx.shared.threat_response
____exports.hasDictionary = dictionary ~= nil
local head = NO_HEAD
local headText
local headReadAt = 0
local function parseHead(text)
    local generation, set, gateway, epoch, sequence, length, count, latest = string.match(text, "^(%d+) ([01]) ([^ ]+) (%d+) (%d+) (%d+) (%d+) (%d+)$")
    if generation == nil then
        return NO_HEAD
    end
    return {
        generation = tonumber(generation),
        set = tonumber(set),
        gateway = gateway,
        epoch = tonumber(epoch),
        sequence = tonumber(sequence),
        length = tonumber(length),
        count = tonumber(count),
        latest = tonumber(latest)
    }
end
function ____exports.isHeadOld()
    return ngx.now() - headReadAt > HEAD_AGE_S
end
--- The head as it is now.
function ____exports.readHead()
    headReadAt = ngx.now()
    if dictionary ~= nil then
        local text = dictionary:get(HEAD_KEY)
        if text ~= headText then
            headText = text
            head = type(text) == "string" and parseHead(text) or NO_HEAD
        end
    end
    return head
end
function ____exports.writeHead(next)
    head = next
    if dictionary ~= nil then
        local ____next_0 = next
        local generation = ____next_0.generation
        local set = ____next_0.set
        local gateway = ____next_0.gateway
        local epoch = ____next_0.epoch
        local sequence = ____next_0.sequence
        local length = ____next_0.length
        local count = ____next_0.count
        local latest = ____next_0.latest
        local place = (((string.format("%d", generation) .. " ") .. tostring(set)) .. " ") .. gateway
        headText = string.format(
            "%s %d %d %d %d %d",
            place,
            epoch,
            sequence,
            length,
            count,
            latest
        )
        dictionary:set(HEAD_KEY, headText)
    end
end
function ____exports.deleteHead()
    if dictionary ~= nil then
        dictionary:delete(HEAD_KEY)
    end
    head = NO_HEAD
    headText = nil
end
return ____exports
