local cidr = require("kong.plugins.threat-response.cidr")
local digest = require("kong.plugins.threat-response.digest")
local entry = require("kong.plugins.threat-response.decision-entry")
local feeds = require("kong.plugins.threat-response.decision-feed")
local tables = require("kong.plugins.threat-response.decision-table")

local NOW = 1763800000
local SECRET = "the feed key of these tests"
local SPARED = cidr.compileRanges({ "127.0.0.0/8", "::1/128", "198.51.100.7", "203.0.113.0/28", "2001:db8:5::/48" })

local function expectation(changes)
  local expected = {
    gateway = "edge",
    secret = SECRET,
    now = NOW,
    maxDecisions = 1000,
    known = { epoch = 1700000000, sequence = 50 },
    spared = SPARED,
  }
  for name, value in pairs(changes or {}) do
    expected[name] = value
  end
  return expected
end

local function sign(body, secret)
  return "v1=" .. digest.hmacHex(secret or SECRET, body)
end

local function split(body, size)
  local chunks = {}
  for from = 1, #body, size do
    chunks[#chunks + 1] = body:sub(from, from + size - 1)
  end
  return chunks
end

local function body_of(header, lines)
  return table.concat({ header, unpack(lines) }, "\n") .. "\n"
end

local function header(changes)
  local parts = { "tr-feed", 1, "edge", 1700000000, 51, NOW, 1 }
  for index, value in pairs(changes or {}) do
    parts[index] = value
  end
  return table.concat(parts, " ")
end

local LINE = "block ip 192.0.2.1 " .. (NOW + 60) .. " d-1 i-1"

--- The table and the report, or nil and what is wrong.
local function read_chunks(chunks, changes, signature, pause)
  local filled = tables.createTable()
  local report, problem = feeds.readFeed(filled, chunks, signature, expectation(changes), pause or function() end)
  if not report then
    return nil, problem
  end
  return filled, report
end

local function read(body, changes, signature)
  return read_chunks({ body }, changes, signature or sign(body))
end

--- What a worker would look addresses up in.
local function decisions_of(filled)
  local decisions = {}
  for slot = 0, filled.slotCount - 1 do
    local place = filled.slots[slot * 2 + 1]
    if place ~= 0 then
      decisions[#decisions + 1] = entry.decodeAt(filled, place)
    end
  end
  return decisions
end

--- The one decision of a feed with this line, or nil and why it was refused.
local function read_line(line)
  local filled, report = read(body_of(header(), { line }))
  if not filled then
    return nil, report
  end
  return decisions_of(filled)[1], report.refusal
end

describe("the decision feed", function()
  it("is read whatever the slices it came in", function()
    local lines = {}
    for i = 1, 250 do
      lines[i] = string.format("block ip 192.0.%d.%d %d d-%d i-%d", i % 3, i, NOW + i, i, i)
    end
    local body = body_of(header({ [7] = 250 }), lines)
    for _, size in ipairs({ 1, 7, 64, 4096, #body }) do
      local filled, report = read_chunks(split(body, size), nil, sign(body))
      assert.equal(250, #decisions_of(filled))
      assert.same({ 250, NOW + 250, 0 }, { filled.count, filled.latest, report.refused })
      assert.same({ "edge", 1700000000, 51 }, { filled.gateway, filled.epoch, filled.sequence })
    end
  end)

  it("may fill the same table again and again", function()
    local filled = tables.createTable()
    for _, count in ipairs({ 3, 2000, 1, 0, 500 }) do
      local lines = {}
      for i = 1, count do
        lines[i] = string.format("block ip 10.%d.%d.%d %d d-%d i", count % 256, i / 256, i % 256, NOW + 60, i)
      end
      local body = body_of(header({ [7] = count }), lines)
      assert(feeds.readFeed(filled, split(body, 1000), sign(body), expectation({ maxDecisions = 2000 }), function() end))
      assert.same({ count, count }, { filled.count, #decisions_of(filled) })
    end
  end)

  it("lets other requests have their turn", function()
    local lines = {}
    for i = 1, 1000 do
      lines[i] = string.format("block ip 192.0.2.%d %d d-%d i", i % 250, NOW + 60, i)
    end
    local body = body_of(header({ [7] = 1000 }), lines)
    local pauses = 0
    assert(read_chunks({ body }, nil, sign(body), function()
      pauses = pauses + 1
    end))
    assert.is_true(pauses >= 3)
  end)

  it("carries every parameter", function()
    local decision = assert(read_line("throttle ip 192.0.2.0/24 " .. NOW + 9 .. " d i rps=0.5 scope=login route=r-1"))
    assert.same({ "throttle", 0.5, "login", "r-1", NOW + 9, "d", "i" }, {
      decision.action, decision.rps, decision.scope, decision.route, decision.expires, decision.id, decision.incident,
    })
    assert.equal(1, assert(read_line("throttle ip 192.0.2.1 " .. NOW + 9 .. " d i")).rps)
  end)

  it("may be empty, and the same as before", function()
    assert.equal(0, assert(read(body_of(header({ [7] = 0 }), {}))).count)
    assert.is_not_nil(read(body_of(header({ [5] = 50 }), { LINE })))
    assert.is_not_nil(read(body_of(header({ [4] = 1700000001, [5] = 1 }), { LINE })))
  end)

  it("refuses single decisions and takes the others", function()
    local refused = {
      "block ip 127.0.0.1 %d d i", "block ip 127.9.9.0/24 %d d i", "block ip ::1 %d d i", "block ip ::ffff:127.0.0.1 %d d i",
      "block ip 198.51.100.7 %d d i", "block ip 198.51.100.0/24 %d d i", "block ip 203.0.113.0/24 %d d i", "allow ip 203.0.113.3 %d d i",
      "block ip 2001:db8:5::9 %d d i", "block ip 2001:db8:5::/64 %d d i", "block ip 192.0.2.0/23 %d d i", "block ip 0.0.0.0/0 %d d i",
      "block ip 2001:db8::/47 %d d i", "block ip ::/0 %d d i", "block ip 192.0.2 %d d i", "block ip host.example %d d i",
      "block user 192.0.2.1 %d d i", "drop ip 192.0.2.1 %d d i", "block ip 192.0.2.1 %d d i method=GET", "block ip 192.0.2.1 %d d i scope=all",
      "throttle ip 192.0.2.1 %d d i rps=0", "throttle ip 192.0.2.1 %d d i rps=-1", "throttle ip 192.0.2.1 %d d i rps=nan",
      "throttle ip 192.0.2.1 %d d i rps=fast", "throttle ip 192.0.2.1 %d d i rps=1e9",
    }
    local good = "block ip 192.0.2.99 " .. NOW + 60 .. " good i"
    for _, line in ipairs(refused) do
      local filled, report = read(body_of(header({ [7] = 2 }), { line:format(NOW + 60), good }))
      assert.is_table(filled, line)
      assert.same({ 1, 1 }, { filled.count, report.refused }, line)
      assert.is_string(report.refusal)
      assert.equal("good", decisions_of(filled)[1].id, line)
    end
    local filled, report = read(body_of(header({ [7] = 2 }), { "block ip 192.0.2.1 " .. NOW .. " d i", good }))
    assert.same({ 1, 1, "expired" }, { filled.count, report.refused, report.refusal })
  end)

  it("leaves out for everybody what it refused, however often the rest is read", function()
    local lines = { "block ip 127.0.0.1 " .. NOW + 60 .. " d i", "block ip 192.0.2.99 " .. NOW + 60 .. " good i", "drop ip 192.0.2.1 " .. NOW + 60 .. " d i" }
    local filled = read(body_of(header({ [7] = 3 }), lines))
    for _ = 1, 2 do
      tables.clearDecisions(filled, 3)
      assert.is_true(entry.enterJudged(filled, function() end))
      local decisions = decisions_of(filled)
      assert.same({ 1, "good" }, { #decisions, decisions[1].id })
    end
  end)

  it("takes hundreds of decisions about one address, and refuses thousands", function()
    local lines = {}
    for i = 1, 3000 do
      lines[i] = string.format("throttle ip 192.0.2.1 %d d-%d i rps=%d", NOW + 60, i, i)
    end
    local filled, report = read(body_of(header({ [7] = 3000 }), lines), { maxDecisions = 3000 })
    assert.is_true(filled.count >= 500)
    assert.equal(3000, filled.count + report.refused)
    assert.is_true(report.refused > 0)
  end)

  it("enforces none of 100 feeds that are forged, replayed, rolled back, for others or broken", function()
    local bad = {}
    local function add(what, body, signature, changes)
      bad[#bad + 1] = { what = what, body = body, signature = signature or sign(body), changes = changes }
    end
    local good = body_of(header(), { LINE })
    add("no signature", good, "")
    add("another scheme", good, "v2=" .. digest.hmacHex(SECRET, good))
    add("half a signature", good, sign(good):sub(1, 40))
    add("upper case", good, sign(good):upper())
    for i = 1, 20 do
      add("another key " .. i, good, sign(good, "key " .. i))
    end
    for i = 1, 25 do
      local at = math.floor(i * #good / 26)
      local byte = string.char((good:byte(at) + 1) % 256)
      add("a changed byte " .. i, good:sub(1, at - 1) .. byte .. good:sub(at + 1), sign(good))
    end
    for i = 1, 10 do
      add("rolled back by " .. i, body_of(header({ [5] = 50 - i }), { LINE }))
      add("an older epoch " .. i, body_of(header({ [4] = 1700000000 - i, [5] = 900 }), { LINE }))
    end
    for _, gateway in ipairs({ "other", "edge2", "Edge", "edg" }) do
      add("for " .. gateway, body_of(header({ [3] = gateway }), { LINE }))
    end
    for _, age in ipairs({ -86400, -3600, -301, 301, 86400 }) do
      add("issued " .. age, body_of(header({ [6] = NOW + age }), { LINE }))
    end
    for _, count in ipairs({ 0, 2, 1001, 99999999 }) do
      add("announces " .. count, body_of(header({ [7] = count }), { LINE }))
    end
    add("version 2", body_of(header({ [2] = 2 }), { LINE }))
    add("no magic", body_of(header({ [1] = "feed" }), { LINE }))
    add("no header", LINE .. "\n")
    add("empty", "")
    add("an extra field", body_of(header() .. " 1", { LINE }))
    add("a missing field", body_of("tr-feed 1 edge 1700000000 51 " .. NOW, { LINE }))
    add("no last line end", good:sub(1, -2))
    add("a truncated line", body_of(header(), { LINE:sub(1, 20) }))
    add("two spaces", body_of(header(), { (LINE:gsub(" ", "  ")) }))
    add("carriage returns", (good:gsub("\n", "\r\n")))
    add("a tab", body_of(header(), { LINE .. "\trps=1" }))
    add("a trailing space", body_of(header(), { LINE .. " " }))
    add("a parameter without value", body_of(header(), { LINE .. " rps=" }))
    add("an empty line", body_of(header(), { "" }))
    add("a long name", body_of(header(), { "block ip 192.0.2.1 " .. NOW + 60 .. " " .. ("x"):rep(200) .. " i" }))
    add("a negative sequence", body_of(header({ [5] = -1 }), { LINE }))
    add("JSON", '{"decisions":[]}')
    add("more than this node takes", body_of(header(), { LINE }), nil, { maxDecisions = 0 })
    assert.is_true(#bad >= 100, #bad)
    local enforced = 0
    for _, feed in ipairs(bad) do
      local taken, problem = read(feed.body, feed.changes, feed.signature)
      if taken then
        enforced = enforced + 1
      end
      assert.is_nil(taken, feed.what)
      assert.is_string(problem, feed.what)
    end
    assert.equal(0, enforced)
  end)
end)
