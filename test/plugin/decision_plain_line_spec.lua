local cidr = require("kong.plugins.threat-response.cidr")
local entry = require("kong.plugins.threat-response.decision-entry")
local read_decision = require("kong.plugins.threat-response.decision-line").readDecision
local read_plain = require("kong.plugins.threat-response.decision-plain-line").readPlainBlock

local NOWHERE = cidr.compileRanges({ "127.0.0.0/8" })

--- Key and entry as the quick way has them, or nil where it leaves the line to the other.
local function read_quickly(line)
  local text = "before\n" .. line .. "\nafter 1 2 3\n"
  local block = {}
  if not read_plain(text, 8, 8 + #line, block) then
    return nil
  end
  return entry.plainKey(block.address), entry.encodePlainBlock(text:sub(block.tail, 7 + #line)), block.expires
end

local function assert_same(line)
  local key, text, expires = read_quickly(line)
  local stated = read_decision(line, 0, NOWHERE)
  assert.is_not_nil(stated, line)
  assert.equal(entry.entryKey(stated.range), key, line)
  assert.equal(entry.encodeEntry(stated.decision), text, line)
  assert.equal(stated.decision.expires, expires, line)
end

describe("the quick way to read a line", function()
  it("says what the thorough way says", function()
    for _, line in ipairs({
      "block ip 192.0.2.1 1763800000 d-1 i-1",
      "block ip 0.0.0.0 1 a b",
      "block ip 255.255.255.255 999999999999 ~!x y{}",
      "block ip 10.200.30.4 1763800000 " .. ("x"):rep(128) .. " " .. ("y"):rep(128),
    }) do
      assert_same(line)
    end
  end)

  it("leaves every other line to the thorough way", function()
    for _, line in ipairs({
      "allow ip 192.0.2.1 1763800000 d i", "throttle ip 192.0.2.1 1763800000 d i", "block ip 192.0.2.0/24 1763800000 d i",
      "block ip 2001:db8::1 1763800000 d i", "block ip 192.0.2.1 1763800000 d i scope=login", "block ip 192.0.2.256 1763800000 d i",
      "block ip 01.0.2.1 1763800000 d i", "block ip 192.0.2 1763800000 d i", "block ip 192.0.2.1 017 d i", "block ip 192.0.2.1  17 d i",
      "block ip 192.0.2.1 1763800000 d", "block ip 192.0.2.1 1763800000 d ", "block ip 192.0.2.1 1763800000 d i ", "block ip 192.0.2.1 17x d i",
      "block ip 192.0.2.1 1763800000 d i\r", "block ip 192.0.2.1 1763800000 d\ti i", "block ip", "", "block ip 192.0.2.1 -1 d i",
      "block ip 192.0.2.1 1763800000 " .. ("x"):rep(129) .. " i", "block ip 192.0.2.1 9999999999999 d i", "blockxip 192.0.2.1 1 d i",
    }) do
      assert.is_nil((read_quickly(line)), line)
    end
  end)

  it("never disagrees, whatever byte of a line is changed, added or left out", function()
    local line = "block ip 192.0.2.17 1763800000 d-1 i-1"
    local bytes = { " ", "0", "1", "9", ".", "/", ":", "-", "a", "=", "\t", "\r", "\0", "\127", "\200" }
    local quick = 0
    for at = 1, #line do
      for _, byte in ipairs(bytes) do
        for _, changed in ipairs({
          line:sub(1, at - 1) .. byte .. line:sub(at + 1),
          line:sub(1, at) .. byte .. line:sub(at + 1),
          line:sub(1, at - 1) .. line:sub(at + 1),
        }) do
          if read_quickly(changed) then
            quick = quick + 1
            assert_same(changed)
          end
        end
      end
    end
    assert.is_true(quick > 100)
  end)
end)
