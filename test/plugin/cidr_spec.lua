local address = require("kong.plugins.threat-response.address")
local cidr = require("kong.plugins.threat-response.cidr")

local function hex(bytes)
  return bytes and (bytes:gsub(".", function(byte)
    return string.format("%02x", byte:byte())
  end))
end

local function matches(ranges, text)
  return cidr.matchCidr(cidr.compileRanges(ranges), address.parseAddress(text))
end

describe("addresses", function()
  it("reads every usual form", function()
    local forms = {
      ["192.0.2.1"] = "c0000201",
      ["0.0.0.0"] = "00000000",
      ["255.255.255.255"] = "ffffffff",
      ["::"] = ("0"):rep(32),
      ["::1"] = ("0"):rep(31) .. "1",
      ["1::"] = "0001" .. ("0"):rep(28),
      ["2001:db8::a:0:1"] = "20010db8" .. ("0"):rep(12) .. "000a00000001",
      ["2001:DB8:0:0:0:0:0:1"] = "20010db8" .. ("0"):rep(23) .. "1",
      ["64:ff9b::192.0.2.33"] = "0064ff9b" .. ("0"):rep(16) .. "c0000221",
      ["::ffff:192.0.2.1"] = "c0000201",
      ["::ffff:c000:201"] = "c0000201",
    }
    for text, bytes in pairs(forms) do
      assert.equal(bytes, hex(address.parseAddress(text)), text)
    end
  end)

  it("refuses what is no address or could be two", function()
    local wrong = {
      "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", "localhost", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1%eth0", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "::1.2.3.256",
      "::1.2.3.4:5", "-1.2.3.4", "0x1.2.3.4",
    }
    for _, text in ipairs(wrong) do
      assert.is_nil(address.parseAddress(text), text)
    end
  end)

  it("takes eight groups with a gap for none", function()
    assert.is_nil(address.parseAddress("1:2:3:4::5:6:7:8"))
    assert.is_not_nil(address.parseAddress("1:2:3::5:6:7:8"))
  end)
end)

describe("ranges", function()
  it("clears the bits behind the prefix", function()
    assert.same({ bytes = "\192\0\2\0", length = 24 }, cidr.parseRange("192.0.2.77/24"))
    assert.same({ bytes = "\192\0\2\128", length = 25 }, cidr.parseRange("192.0.2.200/25"))
    assert.same({ bytes = "\0\0\0\0", length = 0 }, cidr.parseRange("9.9.9.9/0"))
    assert.equal("20010db800008000" .. ("0"):rep(16), hex(cidr.parseRange("2001:db8:0:ffff::1/49").bytes))
    assert.same({ bytes = "\192\0\2\0", length = 24 }, cidr.parseRange("::ffff:192.0.2.7/120"))
  end)

  it("refuses what is no range", function()
    for _, text in ipairs({ "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/x", "192.0.2.0/2/4", "::/129", "/24", "192.0.2.0/-1", "::ffff:1.2.3.4/90" }) do
      assert.is_nil(cidr.parseRange(text), text)
    end
  end)

  it("finds an address exactly within its bounds, at every prefix length", function()
    for length = 0, 32 do
      local size = 2 ^ (32 - length)
      local first = math.floor(3221225985 / size) * size
      local function text(number)
        local d = number % 256
        local c = math.floor(number / 256) % 256
        local b = math.floor(number / 65536) % 256
        return string.format("%d.%d.%d.%d", math.floor(number / 16777216), b, c, d)
      end
      local ranges = { string.format("%s/%d", text(first), length) }
      assert.is_true(matches(ranges, text(first)))
      assert.is_true(matches(ranges, text(first + size - 1)))
      if first > 0 then
        assert.is_false(matches(ranges, text(first - 1)))
      end
      if first + size < 2 ^ 32 then
        assert.is_false(matches(ranges, text(first + size)))
      end
    end
  end)

  it("finds IPv6 and mapped addresses", function()
    assert.is_true(matches({ "2001:db8::/32" }, "2001:db8:ffff::1"))
    assert.is_false(matches({ "2001:db8::/32" }, "2001:db9::1"))
    assert.is_true(matches({ "2001:db8::8000/113" }, "2001:db8::ffff"))
    assert.is_false(matches({ "2001:db8::8000/113" }, "2001:db8::7fff"))
    assert.is_true(matches({ "10.0.0.0/8" }, "::ffff:10.1.2.3"))
    assert.is_true(cidr.matchCidr(cidr.compileRanges({ "10.0.0.0/8" }), ("\0"):rep(10) .. "\255\255\10\1\2\3"))
    assert.is_false(matches({ "::/0" }, "10.1.2.3"))
  end)
end)
