local ____exports = {}
local ffi = require("ffi")
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
____exports.EMPTY = 0
____exports.TRIED = 1
____exports.FAILED = 2
--- Asked to come again later, as a stranger during an attack.
____exports.ASKED = 3
--- Failed, as regulars do at the moment.
____exports.EXPLAINED = 4
local SLOTS = 16
local SIZE = 104
local MOST = 60000
local ____math_0 = math
local floor = ____math_0.floor
local record = ffi.new("struct { uint32_t window_start, slow_start; uint16_t tried, failures, successes, failed, succeeded, told, next, realm; uint16_t user[16], at[16]; uint8_t state[16]; }")
local bytes = record
local function bump(value)
    return math.min(MOST, value + 1)
end
local function age(now, window, slowWindow)
    if now - record.window_start >= window then
        record.window_start = now
        record.tried = 0
        record.failures = 0
        record.successes = 0
        record.told = 0
    end
    while now - record.slow_start >= slowWindow do
        local isOld = now - record.slow_start > 20 * slowWindow
        record.slow_start = isOld and now or record.slow_start + slowWindow
        record.failed = isOld and 0 or floor(record.failed / 2)
        record.succeeded = isOld and 0 or floor(record.succeeded / 2)
    end
end
--- The record of an address, with its counts as they are now. The one table is read and changed at once, never kept.
____exports.loadRecord = function(key, window, slowWindow)
    local now = floor(ngx.now())
    local stored = counters:get("l" .. key)
    if stored == nil then
        ffi.fill(bytes, SIZE)
        record.window_start = now
        record.slow_start = now
    else
        ffi.copy(bytes, stored, SIZE)
        age(now, window, slowWindow)
    end
    return record
end
____exports.saveRecord = function(key, seconds)
    counters:set(
        "l" .. key,
        ffi.string(bytes, SIZE),
        seconds
    )
end
____exports.dropRecord = function(key)
    counters:delete("l" .. key)
end
____exports.tagOf = function(text)
    local word = hashText(text)
    return bit.band(word, 65535)
end
local function second()
    return bit.band(
        floor(ngx.now()),
        65535
    )
end
____exports.ageOf = function(slot) return bit.band(
    second() - record.at[slot],
    65535
) end
--- The user's slot; -1 without one.
____exports.findSlot = function(user)
    for slot = 0, SLOTS - 1 do
        if record.user[slot] == user and record.state[slot] ~= ____exports.EMPTY then
            return slot
        end
    end
    return -1
end
--- The user's slot, in place of the oldest one if need be.
____exports.takeSlot = function(user, state)
    local slot = record.next
    record.next = (slot + 1) % SLOTS
    record.user[slot] = user
    record.at[slot] = second()
    record.state[slot] = state
    return slot
end
____exports.setState = function(slot, state)
    record.state[slot] = state
    record.at[slot] = second()
end
--- A user that had not been tried in this window is tried.
____exports.noteTry = function(user)
    if ____exports.findSlot(user) >= 0 then
        return
    end
    ____exports.takeSlot(user, ____exports.TRIED)
    record.tried = bump(record.tried)
end
--- True when this user had not failed here before.
____exports.noteFailure = function(user)
    record.failures = bump(record.failures)
    local slot = ____exports.findSlot(user)
    local isNew = slot < 0 or record.state[slot] ~= ____exports.FAILED
    if slot < 0 then
        slot = ____exports.takeSlot(user, ____exports.FAILED)
        record.tried = bump(record.tried)
    elseif isNew then
        ____exports.setState(slot, ____exports.FAILED)
    end
    if isNew then
        record.failed = bump(record.failed)
    end
    return isNew
end
--- The same for a failure that is not held against the address: as if this user had not been tried.
____exports.noteExplained = function(user)
    local slot = ____exports.findSlot(user)
    if slot < 0 then
        ____exports.takeSlot(user, ____exports.EXPLAINED)
        return true
    end
    if record.state[slot] == ____exports.FAILED or record.state[slot] == ____exports.EXPLAINED then
        return false
    end
    ____exports.setState(slot, ____exports.EXPLAINED)
    record.tried = math.max(0, record.tried - 1)
    return true
end
--- True when this user had failed here before.
____exports.noteSuccess = function(user)
    local slot = ____exports.findSlot(user)
    local wasFailed = slot >= 0 and record.state[slot] == ____exports.FAILED
    if slot >= 0 then
        record.state[slot] = ____exports.EMPTY
    end
    if wasFailed then
        record.failed = math.max(0, record.failed - 1)
    end
    record.successes = bump(record.successes)
    record.succeeded = bump(record.succeeded)
    return wasFailed
end
--- Other users' failures that are at least so many seconds old: whoever mistyped has tried again by then.
____exports.countSettled = function(user, seconds)
    local count = 0
    for slot = 0, SLOTS - 1 do
        if record.state[slot] == ____exports.FAILED and record.user[slot] ~= user and ____exports.ageOf(slot) >= seconds then
            count = count + 1
        end
    end
    return count
end
return ____exports
