local ffi = require("ffi")
local keys = require("kong.plugins.threat-response.decision-key")
local read_decision = require("kong.plugins.threat-response.decision-line").readDecision
local read_plain = require("kong.plugins.threat-response.decision-plain-line").readPlainLine

local function numbers_of(key)
  return { key[0], key[1], key[2], key[3], key[4] }
end

--- Key and expiry as the quick way has them, or nil where it leaves the line to the other.
local function read_quickly(line)
  local text = "before\n" .. line .. "\nafter 1 2 3\n"
  local bytes = ffi.new("uint8_t[?]", #text)
  ffi.copy(bytes, text, #text)
  local plain = { key = keys.createKey(), expires = 0 }
  local line_end = read_plain(bytes, 7, plain)
  if line_end == 0 then
    return nil
  end
  assert.equal(7 + #line, line_end, line)
  return numbers_of(plain.key), plain.expires
end

local function assert_same(line)
  local key, expires = read_quickly(line)
  assert.is_table(key, line)
  local stated = read_decision(line)
  assert.is_not_nil(stated, line)
  local expected = keys.createKey()
  keys.copyKey(expected, stated.key)
  assert.same(numbers_of(expected), key, line)
  assert.equal(stated.decision.expires, expires, line)
end

describe("the quick way to read a line", function()
  it("says what the thorough way says", function()
    for _, line in ipairs({
      "block ip 192.0.2.1 1763800000 d-1 i-1",
      "block ip 0.0.0.0 1 a b",
      "block ip 255.255.255.255 999999999999 ~!x y{}",
      "block ip 10.200.30.4 1763800000 " .. ("x"):rep(128) .. " " .. ("y"):rep(128),
      "allow ip 192.0.2.1 1763800000 d i", "throttle ip 192.0.2.1 1763800000 d i", "throttle ip 192.0.2.1 1763800000 d i rps=20",
      "block ip 192.0.2.77/24 1763800000 d i", "block ip 192.0.2.77/32 1763800000 d i", "block ip 192.0.2.77/0 1763800000 d i",
      "block ip 192.0.2.1 1763800000 d i scope=login", "block ip 2001:db8::1 1763800000 d i", "block ip :: 1763800000 d i",
      "block ip ::1 1763800000 d i", "block ip 2001:db8:: 1763800000 d i", "block ip 2001:db8:5:6:7:8:9:a/48 1763800000 d i",
      "block ip 1:2:3:4:5:6:7:: 1763800000 d i", "block ip ::2:3:4:5:6:7:8 1763800000 d i", "block ip fe80:0:0:1::ffff:1/65 1763800000 d i",
    }) do
      assert_same(line)
    end
  end)

  it("leaves every other line to the thorough way", function()
    for _, line in ipairs({
      "block ip ::ffff:192.0.2.1 1763800000 d i", "block ip ::ffff:c000:201 1763800000 d i", "block ip 2001:DB8::1 1763800000 d i",
      "block ip 192.0.2.256 1763800000 d i", "block ip 192.0.2.0/33 1763800000 d i", "block ip 192.0.2.0/ 1763800000 d i",
      "block ip 2001:db8::/129 1763800000 d i", "block ip 1:2:3:4:5:6:7 1763800000 d i", "block ip 1:2:3:4:5:6:7:8:9 1763800000 d i",
      "block ip 1::2::3 1763800000 d i", "block ip 1:::2 1763800000 d i", "block ip :1 1763800000 d i", "block ip 1: 1763800000 d i",
      "block ip 1::2: 1763800000 d i", "block ip 12345::1 1763800000 d i", "block ip ::1:2:3:4:5:6:7:8 1763800000 d i",
      "block ip 01.0.2.1 1763800000 d i", "block ip 192.0.2 1763800000 d i", "block ip 192.0.2.1 017 d i", "block ip 192.0.2.1  17 d i",
      "block ip 192.0.2.1 1763800000 d", "block ip 192.0.2.1 1763800000 d ", "block ip 192.0.2.1 1763800000 d i ", "block ip 192.0.2.1 17x d i",
      "block ip 192.0.2.1 1763800000 d i\r", "block ip 192.0.2.1 1763800000 d\ti i", "block ip", "", "block ip 192.0.2.1 -1 d i",
      "block ip 192.0.2.1 1763800000 " .. ("x"):rep(129) .. " i", "block ip 192.0.2.1 9999999999999 d i", "blockxip 192.0.2.1 1 d i",
      "throttle ip 192.0.2.1 1763800000 d i rps=0", "throttle ip 192.0.2.1 1763800000 d i rps=0.5", "throttle ip 192.0.2.1 1763800000 d i rps=",
      "throttle ip 192.0.2.1 1763800000 d i rps=5 scope=login", "block ip 192.0.2.1 1763800000 d i scope=logins", "drop ip 192.0.2.1 17 d i",
      "block ip 192.0.2.1 1763800000 d i route=r", "-lock ip 192.0.2.1 1763800000 d i",
    }) do
      assert.is_nil((read_quickly(line)), line)
    end
  end)

  it("never disagrees, whatever byte of a line is changed, added or left out", function()
    local bytes = { " ", "0", "1", "9", ".", "/", ":", "-", "a", "f", "=", "\t", "\r", "\0", "\127", "\200" }
    for _, line in ipairs({
      "block ip 192.0.2.17 1763800000 d-1 i-1", "block ip 2001:db8:0:7::10 1763800000 d i scope=login",
      "throttle ip 192.0.2.16/28 1763800000 d i rps=5", "allow ip 1:2:3:4:5:6:7:8/64 1763800000 d i", "allow ip ::/48 1763800000 d i",
    }) do
      local quick = 0
      for at = 1, #line do
        for _, byte in ipairs(bytes) do
          for _, changed in ipairs({
            line:sub(1, at - 1) .. byte .. line:sub(at + 1),
            line:sub(1, at) .. byte .. line:sub(at + 1),
            line:sub(1, at - 1) .. line:sub(at + 1),
            line:sub(1, at) .. line:sub(at, at) .. line:sub(at + 1),
          }) do
            if read_quickly(changed) then
              quick = quick + 1
              assert_same(changed)
            end
          end
        end
      end
      assert.is_true(quick > 100)
    end
  end)
end)
