local ____exports = {}
function ____exports.createQueue()
    return {slots = {}, first = 1, count = 0}
end
function ____exports.peek(queue)
    return queue.slots[queue.first]
end
function ____exports.dropFirst(queue)
    if queue.count > 0 then
        queue.slots[queue.first] = nil
        queue.first = queue.first + 1
        queue.count = queue.count - 1
    end
end
--- How many records had to go to keep the bound.
function ____exports.push(queue, record, limit)
    queue.slots[queue.first + queue.count] = record
    queue.count = queue.count + 1
    local dropped = 0
    while queue.count > limit do
        ____exports.dropFirst(queue)
        dropped = dropped + 1
    end
    return dropped
end
return ____exports
