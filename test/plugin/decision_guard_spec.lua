local cidr = require("kong.plugins.threat-response.cidr")
local guards = require("kong.plugins.threat-response.decision-guard")
local keys = require("kong.plugins.threat-response.decision-key")

describe("what no decision may hit", function()
  local guard = guards.compileGuard(cidr.compileRanges({ "10.0.0.0/8", "192.0.2.64/28", "203.0.113.7", "2001:db8:1::/48", "2001:db8:9::1", "::1" }))

  local function objection(text)
    local key = keys.createKey()
    keys.setRange(key, cidr.parseRange(text))
    return guards.objectTo(guard, key)
  end

  it("is every address it shares with a range, whichever of the two is wider", function()
    for _, text in ipairs({
      "10.9.8.7", "10.9.8.0/24", "10.255.255.255", "192.0.2.0/24", "192.0.2.64/26", "192.0.2.70", "192.0.2.72/31", "203.0.113.7", "203.0.113.0/24",
      "203.0.113.6/31", "2001:db8:1:2::/64", "2001:db8:1:ffff::1", "2001:db8:9::/48", "2001:db8:9::1", "2001:db8:9::/127", "::1", "::/48", "::ffff:10.1.2.3",
    }) do
      assert.equal("covers loopback, a trusted proxy or an allow-list entry", objection(text), text)
    end
  end)

  it("is nothing else", function()
    for _, text in ipairs({
      "11.0.0.0", "9.255.255.255", "192.0.2.63", "192.0.2.80", "192.0.2.0/26", "192.0.2.80/28", "203.0.113.8/29", "203.0.113.6", "2001:db8:2::/48",
      "2001:db8:9::2", "2001:db8:9::2/127", "2001:db8:0:ffff::/64", "::2", "::a00:1", "255.255.255.255",
    }) do
      assert.is_nil(objection(text), text)
    end
  end)

  it("is half a network, whoever is in it", function()
    for _, text in ipairs({ "198.51.100.0/23", "198.0.0.0/8", "0.0.0.0/0", "2001:db8:4::/47", "2000::/3", "::/0" }) do
      assert.equal("wider than decisions may be", objection(text), text)
    end
    assert.is_nil(objection("198.51.100.0/24"))
    assert.is_nil(objection("2001:db8:4::/48"))
  end)
end)
