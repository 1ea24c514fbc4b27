local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local BLANK = ____byte_2Dclasses_2Ets.BLANK
local CLASSES = ____byte_2Dclasses_2Ets.CLASSES
local classOfByte = ____byte_2Dclasses_2Ets.classOfByte
local OTHER = ____byte_2Dclasses_2Ets.OTHER
local MOST_STATES = 65536
local function createNode(endsBlank)
    return {
        children = {},
        owners = {},
        endsBlank = endsBlank,
        isLeaf = true,
        row = 0
    }
end
local function insert(root, literal, owner)
    local node = root
    for i = 1, #literal do
        local byteClass = classOfByte(string.byte(literal, i))
        local child = node.children[byteClass]
        if child == nil then
            child = createNode(byteClass == BLANK)
            node.children[byteClass] = child
            node.isLeaf = false
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
--- Numbers the states: those that end no literal, those that do, and of these the leaves last. Returns all in this order.
local function numberStates(order)
    local states = {}
    for ____, node in ipairs(order) do
        if #node.owners == 0 then
            states[#states + 1] = node
        end
    end
    for ____, node in ipairs(order) do
        if #node.owners > 0 and not node.isLeaf then
            states[#states + 1] = node
        end
    end
    for ____, node in ipairs(order) do
        if #node.owners > 0 and node.isLeaf then
            states[#states + 1] = node
        end
    end
    do
        local row = 0
        while row < #states do
            states[row + 1].row = row
            row = row + 1
        end
    end
    return states
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
--- The states of `numberStates` from `first` on.
local function flattenOwners(states, first)
    local total = 0
    for ____, node in ipairs(states) do
        total = total + #node.owners
    end
    local from = ffi.new("int32_t[?]", #states - first + 1)
    local list = ffi.new("uint16_t[?]", total)
    total = 0
    do
        local state = first
        while state < #states do
            from[state - first] = total
            for ____, owner in ipairs(states[state + 1].owners) do
                list[total] = owner
                total = total + 1
            end
            state = state + 1
        end
    end
    from[#states - first] = total
    return {from = from, list = list}
end
--- What a leaf's row would be is that of the longest end of its text that literals begin with.
local function flattenFailures(states, rows)
    local goesOn = ffi.new("uint16_t[?]", #states - rows)
    do
        local state = rows
        while state < #states do
            local node = states[state + 1].failure
            while node ~= nil and node.row >= rows do
                node = node.failure
            end
            goesOn[state - rows] = node == nil and 0 or node.row
            state = state + 1
        end
    end
    return goesOn
end
local function countRows(states)
    local rows = #states
    while rows > 1 and states[rows].isLeaf do
        rows = rows - 1
    end
    return rows
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
    local states = numberStates(linkFailures(root))
    if #states > MOST_STATES then
        error("too many literals for an automaton")
    end
    local rows = countRows(states)
    local firstAccepting = 0
    while firstAccepting < #states and #states[firstAccepting + 1].owners == 0 do
        firstAccepting = firstAccepting + 1
    end
    local next = ffi.new("uint16_t[?]", rows * CLASSES)
    do
        local row = 0
        while row < rows do
            fillRow(next, root, states[row + 1])
            row = row + 1
        end
    end
    local owners = flattenOwners(states, firstAccepting)
    return {
        next = next,
        firstAccepting = firstAccepting,
        rows = rows,
        goesOn = flattenFailures(states, rows),
        owners = owners
    }
end
return ____exports
