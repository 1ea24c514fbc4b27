local shared_dict = require("shared_dict")
local worker = require("worker")

local function no_pause() end

--- The plugin's modules as one worker has them. Timers run when told, so that a worker may be slower than others.
local function start_worker(dictionary)
  ngx.shared.threat_response = dictionary
  for name in pairs(package.loaded) do
    if name:find("kong.plugins.threat-response", 1, true) then package.loaded[name] = nil end
  end
  local started = { timers = {} }
  for _, name in ipairs({ "cidr", "digest", "address", "decision-feed", "decision-head", "decision-pieces", "decision-store", "decision-writer" }) do
    started[name] = worker.module(name)
  end
  function started.run_timers()
    local due = started.timers
    started.timers = {}
    for _, callback in ipairs(due) do callback(false) end
  end
  function started.activate()
    ngx.timer.at = function(_, callback)
      table.insert(started.timers, callback)
      return 1
    end
  end
  started.activate()
  return started
end

local sequence = 0

--- What the worker that polls does with a signed feed; whether it could be brought into force.
local function publish(at, lines, pause)
  at.activate()
  sequence = sequence + 1
  local now = math.floor(worker.now)
  local head = string.format("tr-feed 1 edge 1700000000 %d %d %d", sequence, now, #lines)
  local body = head .. "\n" .. table.concat(lines, "\n") .. (#lines > 0 and "\n" or "")
  local expected = {
    gateway = "edge",
    secret = "s",
    now = now,
    maxDecisions = 50000,
    known = { epoch = 0, sequence = 0 },
    spared = at.cidr.compileRanges({ "127.0.0.0/8" }),
  }
  local store = at["decision-store"]
  local filled = assert(store.takeSpare())
  assert(at["decision-feed"].readFeed(filled, { body }, "v1=" .. at.digest.hmacHex("s", body), expected, no_pause))
  local isInForce = at["decision-writer"].publish(filled, pause or no_pause)
  store.release()
  return isInForce
end

--- As a request sees it, half a second later; the worker has had the time it needs.
local function look(at, ip)
  at.activate()
  worker.now = worker.now + 0.5
  local store = at["decision-store"]
  store.findDecision(at.address.parseAddress("192.0.2.250"), "edge")
  at.run_timers()
  local found = store.findDecision(at.address.parseAddress(ip), "edge")
  return found and found.id
end

local function line(action, range, id, more, seconds)
  return string.format("%s ip %s %d %s i%s", action, range, worker.now + (seconds or 600), id, more or "")
end

local function many(count, prefix)
  local lines = {}
  for i = 1, count do
    lines[i] = line("block", string.format("10.%s.%d.%d", prefix, i / 256, i % 256), string.format("d-%s-%d", prefix, i))
  end
  return lines
end

local function pieces_of(dictionary)
  local keys = {}
  for key, entry in pairs(dictionary.entries) do
    if key:find("^F[01]:") and entry.flags then keys[#keys + 1] = key end
  end
  return keys
end

before_each(function()
  worker.start()
  ngx.timer = {}
  ngx.sleep = no_pause
  sequence = 0
end)

for _, size in ipairs({ 4 * 2 ^ 20, 0 }) do
  describe(size > 0 and "decisions that workers share" or "decisions of a worker on its own", function()
    local at

    before_each(function() at = start_worker(size > 0 and shared_dict.create(size) or nil) end)

    it("are the strongest of several about one address", function()
      local all = {
        line("throttle", "192.0.2.1", "limited-throttle", " scope=login"), line("throttle", "192.0.2.1", "throttle", " rps=5"),
        line("block", "192.0.2.1", "limited-block", " route=r"), line("block", "192.0.2.1", "block"), line("allow", "192.0.2.1", "allow"),
      }
      for strongest = #all, 1, -1 do
        publish(at, { unpack(all, 1, strongest) })
        assert.equal(all[strongest]:match("%d+ ([^ ]+) i"), look(at, "192.0.2.1"))
      end
    end)

    it("about ranges hold for every address in them and no other", function()
      publish(at, { line("block", "192.0.2.64/26", "a"), line("block", "198.51.100.0/24", "b"), line("block", "2001:db8:1::/48", "c"), line("block", "2001:db8:2::7f00/121", "d") })
      for ip, id in pairs({
        ["192.0.2.64"] = "a", ["192.0.2.127"] = "a", ["198.51.100.0"] = "b", ["198.51.100.255"] = "b", ["::ffff:192.0.2.65"] = "a",
        ["2001:db8:1:ffff::1"] = "c", ["2001:db8:2::7f7f"] = "d",
      }) do
        assert.equal(id, look(at, ip), ip)
      end
      for _, ip in ipairs({ "192.0.2.63", "192.0.2.128", "198.51.99.255", "198.51.101.0", "2001:db8:2::1", "2001:db8:2::7f80", "::c000:240", "::1" }) do
        assert.is_nil(look(at, ip), ip)
      end
    end)

    it("to allow beat blocks of wider and narrower ranges", function()
      publish(at, {
        line("block", "192.0.2.5", "own"), line("allow", "192.0.2.0/28", "around"), line("block", "192.0.2.0/24", "wide"),
        line("block", "2001:db8::/64", "wide6"), line("allow", "2001:db8::5", "own6"),
      })
      assert.equal("around", look(at, "192.0.2.5"))
      assert.equal("wide", look(at, "192.0.2.16"))
      assert.equal("own6", look(at, "2001:db8::5"))
      assert.equal("wide6", look(at, "2001:db8::6"))
    end)

    it("end one by one", function()
      publish(at, { line("block", "192.0.2.1", "short", "", 10), line("throttle", "192.0.2.1", "long", "", 100), line("block", "192.0.2.0/24", "range", " scope=login", 50) })
      assert.equal("short", look(at, "192.0.2.1"))
      worker.now = worker.now + 10
      assert.equal("range", look(at, "192.0.2.1"))
      worker.now = worker.now + 45
      assert.equal("long", look(at, "192.0.2.1"))
      worker.now = worker.now + 60
      assert.is_nil(look(at, "192.0.2.1"))
    end)

    it("end with the feed that has them no more", function()
      publish(at, { line("block", "192.0.2.1", "a"), line("block", "192.0.2.2", "b") })
      publish(at, { line("block", "192.0.2.2", "c") })
      assert.is_nil(look(at, "192.0.2.1"))
      assert.equal("c", look(at, "192.0.2.2"))
      publish(at, {})
      assert.is_nil(look(at, "192.0.2.2"))
    end)

    it("are found among very many, each of them", function()
      publish(at, many(20000, "9"))
      for _, i in ipairs({ 1, 255, 256, 10000, 20000 }) do
        assert.equal("d-9-" .. i, look(at, string.format("10.9.%d.%d", i / 256, i % 256)))
      end
      assert.is_nil(look(at, "10.9.79.1"))
      assert.is_nil(look(at, "10.8.0.1"))
    end)

    it("are for one gateway", function()
      publish(at, { line("block", "192.0.2.1", "a") })
      assert.equal("a", look(at, "192.0.2.1"))
      assert.is_nil(at["decision-store"].findDecision("\192\0\2\1", "other"))
    end)

    it("end when there is no agent any more", function()
      publish(at, { line("block", "192.0.2.1", "a") })
      at["decision-store"].clearStore()
      assert.is_nil(look(at, "192.0.2.1"))
      publish(at, { line("block", "192.0.2.1", "a") })
      assert.equal("a", look(at, "192.0.2.1"))
    end)
  end)
end

describe("a feed in the shared dictionary", function()
  local dictionary, writer

  before_each(function()
    dictionary = shared_dict.create(2 ^ 20)
    writer = start_worker(dictionary)
  end)

  it("is taken up by every worker, also one that starts later", function()
    local other = start_worker(dictionary)
    publish(writer, { line("block", "192.0.2.1", "a"), line("block", "127.0.0.1", "spared") })
    assert.equal("a", look(other, "192.0.2.1"))
    assert.is_nil(look(other, "127.0.0.1"))
    publish(writer, { line("allow", "192.0.2.1", "b") })
    assert.equal("b", look(other, "192.0.2.1"))
    assert.equal("b", look(start_worker(dictionary), "192.0.2.1"))
  end)

  it("counts for a worker only when the worker has all of it", function()
    local other = start_worker(dictionary)
    publish(writer, many(500, "1"))
    assert.equal("d-1-7", look(other, "10.1.0.7"))
    publish(writer, many(500, "2"))
    other.activate()
    worker.now = worker.now + 0.5
    local store = other["decision-store"]
    local seen = {}
    ngx.sleep = function()
      seen[#seen + 1] = { store.findDecision("\10\1\0\7", "edge") ~= nil, store.findDecision("\10\2\0\7", "edge") ~= nil }
    end
    store.findDecision("\10\1\0\7", "edge")
    assert.is_not_nil(store.findDecision("\10\1\0\7", "edge"))
    other.run_timers()
    assert.is_true(#seen > 1)
    for _, both in ipairs(seen) do assert.same({ true, false }, both) end
    assert.same({ false, true }, { store.findDecision("\10\1\0\7", "edge") ~= nil, store.findDecision("\10\2\0\7", "edge") ~= nil })
  end)

  it("is never mixed with another one, and asked for again when a piece of it is gone or overwritten", function()
    local other = start_worker(dictionary)
    publish(writer, many(500, "1"))
    assert.equal("d-1-1", look(other, "10.1.0.1"))
    for _, harm in ipairs({
      function(key) dictionary:delete(key) end,
      function(key) dictionary:set(key, dictionary.entries[key].value, 0, 12345) end,
    }) do
      sequence = sequence + 1
      publish(writer, many(500, "2"))
      local head = writer["decision-head"].readHead()
      harm("F" .. head.set .. ":3")
      assert.equal("d-1-1", look(other, "10.1.0.1"))
      assert.is_nil(look(other, "10.2.0.1"))
      assert.is_true(writer["decision-store"].takeWanted())
      publish(writer, many(500, "1"))
      assert.equal("d-1-1", look(other, "10.1.0.1"))
    end
  end)

  it("stays in force, and keeps its place in the order, when the head gets lost", function()
    sequence = 4
    publish(writer, { line("block", "192.0.2.1", "a") })
    local other = start_worker(dictionary)
    assert.equal("a", look(other, "192.0.2.1"))
    dictionary:delete("F")
    for _, at in ipairs({ writer, other }) do
      assert.equal("a", look(at, "192.0.2.1"))
      assert.is_true(at["decision-store"].isHeadLost())
      assert.equal(5, at["decision-store"].feedPosition().sequence)
    end
    assert.is_true(writer["decision-writer"].publish(writer["decision-store"].tableOfHead(), no_pause))
    assert.is_false(writer["decision-store"].isHeadLost())
    assert.equal("a", look(start_worker(dictionary), "192.0.2.1"))
  end)

  it("that has been overtaken while it was written changes nothing", function()
    local other = start_worker(dictionary)
    local old = many(500, "1")
    sequence = 10
    local published = false
    publish(writer, old, function()
      if not published then
        published = true
        publish(other, { line("block", "192.0.2.1", "newer") })
        writer.activate()
      end
    end)
    assert.is_true(published)
    for _, at in ipairs({ writer, other, start_worker(dictionary) }) do
      assert.equal("newer", look(at, "192.0.2.1"))
      assert.is_nil(look(at, "10.1.0.1"))
    end
  end)

  it("that is too large for it is refused as a whole, and what was in force stays so", function()
    local other = start_worker(dictionary)
    assert.is_true(publish(writer, many(100, "1")))
    assert.is_false(publish(writer, many(20000, "2")))
    for _, at in ipairs({ writer, other, start_worker(dictionary) }) do
      assert.equal("d-1-1", look(at, "10.1.0.1"))
      assert.is_nil(look(at, "10.2.0.1"))
    end
    assert.is_true(publish(writer, many(200, "3")))
    assert.equal("d-3-1", look(other, "10.3.0.1"))
  end)

  it("lies in the same places when it changes, so that nothing else has to leave", function()
    publish(writer, many(1000, "1"))
    publish(writer, many(1000, "2"))
    for i = 1, 10000 do dictionary:set("q" .. i, 1) end
    local used = dictionary.used
    for i = 3, 6 do
      assert.is_true(publish(writer, many(1000, i)))
      assert.equal(used, dictionary.used)
    end
  end)

  it("gives room back when it becomes small", function()
    publish(writer, many(6000, "1"))
    publish(writer, many(6000, "2"))
    local before = dictionary.used
    publish(writer, many(10, "3"))
    assert.is_true(dictionary.used < before - 200000)
  end)

  it("stays in a dictionary that overflows, while its pieces are touched", function()
    publish(writer, many(1000, "1"))
    assert.is_true(#pieces_of(dictionary) > 10)
    for i = 1, 12000 do
      dictionary:set("q" .. i, ("x"):rep(100))
      if i % 50 == 0 then
        assert.is_true(writer["decision-pieces"].touchPieces(writer["decision-head"].readHead(), 20))
      end
    end
    assert.is_nil(dictionary:get("q1"))
    assert.equal("d-1-1000", look(start_worker(dictionary), "10.1.3.232"))
  end)

  it("is missed when it had to leave", function()
    publish(writer, many(1000, "1"))
    dictionary:delete("F" .. writer["decision-head"].readHead().set .. ":2")
    local isWhole = true
    for _ = 1, 20 do
      isWhole = writer["decision-pieces"].touchPieces(writer["decision-head"].readHead(), 100) and isWhole
    end
    assert.is_false(isWhole)
  end)
end)
