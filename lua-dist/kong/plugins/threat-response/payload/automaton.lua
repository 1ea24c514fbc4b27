local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local BLANK = ____byte_2Dclasses_2Ets.BLANK
local CLASSES = ____byte_2Dclasses_2Ets.CLASSES
local classOfByte = ____byte_2Dclasses_2Ets.classOfByte
local OTHER = ____byte_2Dclasses_2Ets.OTHER
local MOST_ROWS = 65536
local function createNode(endsBlank)
    return {children = {}, owners = {}, endsBlank = endsBlank, row = 0}
end
local function insert(root, literal, owner)
    local node = root
    for i = 1, #literal do
        local byteClass = classOfByte(string.byte(literal, i))
        local child = node.children[byteClass]
        if child == nil then
            child = createNode(byteClass == BLANK)
            node.children[byteClass] = child
        end
        node = child
    end
    local ____node_owners_0 = node.owners
    ____node_owners_0[#____node_owners_0 + 1] = owner
end
--- Breadth first, so that the failure of a node is linked before the node's own children need it.
local function linkFailures(root)
    local order = {root}
    do
        local i = 0
        while i < #order do
            local node = order[i + 1]
            for byteClass, child in pairs(node.children) do
                local failure = node.failure
                while failure ~= nil and failure.children[byteClass] == nil do
                    failure = failure.failure
                end
                local target = failure == nil and root or failure.children[byteClass]
                child.failure = target
                for ____, owner in ipairs(target.owners) do
                    local ____child_owners_1 = child.owners
                    ____child_owners_1[#____child_owners_1 + 1] = owner
                end
                order[#order + 1] = child
            end
            i = i + 1
        end
    end
    return order
end
--- Numbers the rows; returns the row of the first node that ends a literal.
local function placeRows(order)
    local row = 0
    for ____, node in ipairs(order) do
        if #node.owners == 0 then
            node.row = row
            row = row + 1
        end
    end
    local firstAccepting = row
    for ____, node in ipairs(order) do
        if #node.owners > 0 then
            node.row = row
            row = row + 1
        end
    end
    return firstAccepting
end
--- White space after white space changes nothing: runs of it count as one.
local function fillRow(next, root, node)
    for byteClass = OTHER, CLASSES - 1 do
        local from = node
        while from ~= nil and from.children[byteClass] == nil do
            from = from.failure
        end
        local target = from == nil and root or from.children[byteClass]
        next[node.row * CLASSES + byteClass] = byteClass == BLANK and node.endsBlank and node.row or target.row
    end
end
--- In the order of the rows.
local function flattenOwners(order)
    local states = 0
    local total = 0
    for ____, node in ipairs(order) do
        if #node.owners > 0 then
            states = states + 1
        end
        total = total + #node.owners
    end
    local from = ffi.new("int32_t[?]", states + 1)
    local list = ffi.new("uint16_t[?]", total)
    states = 0
    total = 0
    for ____, node in ipairs(order) do
        if #node.owners > 0 then
            from[states] = total
            states = states + 1
            for ____, owner in ipairs(node.owners) do
                list[total] = owner
                total = total + 1
            end
        end
    end
    from[states] = total
    return {from = from, list = list}
end
--- `literals[i]` are the literals of owner `i`. Cold: once at load.
function ____exports.buildAutomaton(literals)
    local root = createNode(false)
    do
        local owner = 0
        while owner < #literals do
            for ____, literal in ipairs(literals[owner + 1]) do
                insert(root, literal, owner)
            end
            owner = owner + 1
        end
    end
    local order = linkFailures(root)
    if #order > MOST_ROWS then
        error("too many literals for an automaton")
    end
    local firstAccepting = placeRows(order)
    local next = ffi.new("uint16_t[?]", #order * CLASSES)
    for ____, node in ipairs(order) do
        fillRow(next, root, node)
    end
    return {
        next = next,
        firstAccepting = firstAccepting,
        rows = #order,
        owners = flattenOwners(order)
    }
end
return ____exports
