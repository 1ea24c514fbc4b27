local worker = require("worker")

local ROUTE = "0a1b2c3d-1111-4222-8333-0123456789ab"
local OTHER = "0a1b2c3d-1111-4222-8333-0123456789ac"
local CONSUMER = "9f8e7d6c-1111-4222-8333-0123456789ab"

-- Decisions beside those about addresses: by credential, consumer and route, for a share of the addresses, and such that only count.
describe("a decision", function()
  local store, decisions, apply, instance, sequence, hash_of

  local function publish(lines)
    local feed = worker.module("decision-feed")
    local digest = worker.module("digest")
    sequence = sequence + 1
    local body = string.format("tr-feed 1 default 1700000000 %d %d %d\n", sequence, worker.now, #lines)
    for _, line in ipairs(lines) do body = body .. line .. "\n" end
    local filled = assert(store.takeSpare())
    local report = assert(feed.readFeed(filled, { body }, "v1=" .. digest.hmacHex("s", body), {
      gateway = "default", secret = "s", now = worker.now, maxDecisions = 1000, known = { epoch = 0, sequence = 0 },
      spared = worker.module("cidr").compileRanges({ "127.0.0.0/8" }),
    }, function() end))
    assert(worker.module("decision-writer").publish(filled, function() end))
    store.release()
    return report
  end

  local function line(action, kind, value, id, more)
    return string.format("%s %s %s %d %s i%s", action, kind, value, worker.now + 600, id, more or "")
  end

  local function source(number)
    local binary = string.char(192, 0, math.floor(number / 256), number % 256)
    return { ip = tostring(number), binary = binary, key = binary, isExempt = false }
  end

  local function found(from)
    local decision, logged = decisions.lookup(instance, from or source(1))
    return decision and decision.id, logged and logged.id
  end

  before_each(function()
    worker.start({ remote_addr = "192.0.2.1", binary_remote_addr = "\192\0\2\1", uri = "/orders" })
    worker.collect_records()
    ngx.timer = {}
    ngx.sleep = function() end
    store = worker.module("decision-store")
    decisions = worker.module("decisions")
    apply = worker.module("apply-decision")
    sequence = 0
    instance = worker.instance()
    instance.config.agent.url = "http://127.0.0.1:1"
    local identity = worker.module("features.identity")
    hash_of = function(credential) return identity.hashCredential(instance, credential) end
  end)

  for _, case in ipairs({
    { "about a credential", "block credential 0123456789abcdef", true },
    { "about a credential that is too short", "block credential 0123456789abcde" },
    { "about a credential that is no hash", "block credential 0123456789abcdeg" },
    { "about a credential in clear text", "block credential a-secret-api-key" },
    { "about a credential that looks like an id", "block credential " .. ROUTE },
    { "about a consumer", "block consumer " .. CONSUMER, true },
    { "about a consumer by name", "block consumer alice" },
    { "about a consumer that looks like a hash", "block consumer 0123456789abcdef" },
    { "to throttle a route", "throttle route " .. ROUTE, true },
    { "to throttle what has no route", "throttle route -", true },
    { "to block a route", "block route " .. ROUTE },
    { "to allow a route", "allow route -" },
    { "about an id with its dashes elsewhere", "throttle route 0a1b2c3d1-111-4222-8333-0123456789ab" },
    { "of a kind that is not known", "block asn 0123456789abcdef" },
    { "to do what is not known", "tarpit credential 0123456789abcdef" },
  }) do
    it(case[1] .. (case[3] and " is taken" or " is refused, and no other"), function()
      local report = publish({ case[2] .. string.format(" %d d i", worker.now + 60), line("block", "ip", "192.0.2.1", "other") })
      assert.equal(case[3] and 0 or 1, report.refused)
      assert.equal("other", (found({ binary = "\192\0\2\1", key = "\192\0\2\1" })))
    end)
  end

  for _, case in ipairs({
    { " share=0.5", true }, { " share=0", true }, { " share=1", true }, { " share=1.1" }, { " share=-0.1" }, { " share=x" },
    { " log=1", true }, { " log=0" }, { " methods=GET,POST", true }, { " methods=get" }, { " paths=/a,/b", true }, { " paths=a" },
    { " rps=5 share=0.5 log=1 methods=GET route=r", true },
  }) do
    it("with" .. case[1] .. (case[2] and " is taken" or " is refused"), function()
      assert.equal(case[2] and 0 or 1, publish({ line("throttle", "ip", "192.0.2.1", "d", case[1]) }).refused)
    end)
  end

  it("about a credential holds wherever it is presented, and for no other", function()
    publish({ line("block", "credential", hash_of("key-of-alice"), "d") })
    for variable, value in pairs({ http_apikey = "key-of-alice", arg_apikey = "key-of-alice", cookie_session = "key-of-alice" }) do
      ngx.var = { [variable] = value }
      assert.equal("d", (found()))
      ngx.var = { [variable] = "key-of-bob" }
      assert.is_nil((found()))
    end
    ngx.var = {}
    assert.is_nil((found()))
  end)

  it("about a credential means another one where hashes have another key", function()
    publish({ line("block", "credential", hash_of("key-of-alice"), "d") })
    ngx.var = { http_apikey = "key-of-alice" }
    assert.equal("d", (found()))
    instance.config.hash_key = "another key of sixteen or more"
    assert.is_nil((found()))
  end)

  it("about a consumer holds for credentials that were let in as that consumer", function()
    publish({ line("block", "consumer", CONSUMER, "d") })
    ngx.var = { http_apikey = "key-of-alice" }
    assert.is_nil((found()))
    local consumer = { id = CONSUMER, username = "alice" }
    kong.client = { get_consumer = function() return consumer end, get_credential = function() return { key = "key-of-alice" } end }
    worker.module("identities").learnIdentity(instance)
    assert.equal("d", (found()))
    ngx.var = { http_apikey = "key-of-bob" }
    assert.is_nil((found()))
  end)

  it("to allow an address beats a block of what it presents, and a block beats a throttle of the address", function()
    ngx.var = { http_apikey = "key-of-alice" }
    local block = line("block", "credential", hash_of("key-of-alice"), "block")
    publish({ block, line("throttle", "ip", "192.0.0.1", "throttle") })
    assert.equal("block", (found(source(1))))
    publish({ block, line("allow", "ip", "192.0.0.1", "allow") })
    assert.equal("allow", (found(source(1))))
  end)

  it("for a share is in force for always the same addresses, about so many, and a larger share has them too", function()
    local function members(share, id)
      publish({ line("block", "ip", "192.0.0.0/24", id, " share=" .. share), line("block", "ip", "192.0.1.0/24", id .. "b", " share=" .. share) })
      local all = {}
      for i = 0, 511 do
        if found(source(i)) then all[i] = true end
      end
      return all
    end
    local function count(set)
      local size = 0
      for _ in pairs(set) do size = size + 1 end
      return size
    end
    local half, again, most = members(0.5, "d"), members(0.5, "d"), members(0.8, "d")
    assert.same(half, again)
    assert.is_true(count(half) > 200 and count(half) < 312)
    for member in pairs(half) do assert.is_true(most[member]) end
    assert.is_true(count(most) > count(half))
    assert.not_same(half, members(0.5, "e"))
    assert.equal(0, count(members(0, "d")))
    assert.equal(512, count(members(1, "d")))
  end)

  it("for a share hides no other from those who are outside", function()
    publish({ line("block", "ip", "192.0.0.1", "none", " share=0"), line("throttle", "ip", "192.0.0.1", "all") })
    assert.equal("all", (found(source(1))))
  end)

  it("that only counts is found beside those in force, and takes the place of none", function()
    publish({ line("block", "ip", "192.0.0.1", "log", " log=1"), line("throttle", "ip", "192.0.0.1", "real") })
    assert.same({ "real", "log" }, { found(source(1)) })
    publish({ line("allow", "ip", "192.0.0.1", "log", " log=1") })
    assert.same({ nil, "log" }, { found(source(1)) })
    publish({})
    assert.same({}, { found(source(1)) })
  end)

  it("that only counts has its hits counted", function()
    publish({ line("throttle", "ip", "192.0.0.1", "log", " log=1 rps=2") })
    local _, logged = decisions.lookup(instance, source(1))
    for _ = 1, 5 do apply.countLoggedPlain(source(1), logged) end
    assert.same({ { decision = "log", count = 3 } }, decisions.takeHits())
  end)

  local function facts(given)
    return { source = given.source or source(1), method = given.method or "GET", path = "/orders", route = given.route and { id = given.route } or nil }
  end

  it("about a route throttles each address there, and nowhere else", function()
    publish({ line("throttle", "route", ROUTE, "d", " rps=2") })
    local function stopped(from, route)
      local count = 0
      for _ = 1, 5 do
        if apply.ruleRouteDecision(instance, facts({ source = source(from), route = route })) then count = count + 1 end
      end
      return count
    end
    assert.same({ 3, 3, 0 }, { stopped(1, ROUTE), stopped(2, ROUTE), stopped(3, OTHER) })
    local proxy = source(4)
    proxy.isExempt = true
    for _ = 1, 5 do assert.is_nil(apply.ruleRouteDecision(instance, facts({ source = proxy, route = ROUTE }))) end
  end)

  it("about a route that only counts stops nothing", function()
    publish({ line("throttle", "route", ROUTE, "d", " log=1") })
    for _ = 1, 5 do assert.is_nil(apply.ruleRouteDecision(instance, facts({ route = ROUTE }))) end
    assert.same({ { decision = "d", count = 4 } }, decisions.takeHits())
  end)

  it("for methods and paths means only those", function()
    local function ruled(more, given)
      publish({ line("block", "ip", "192.0.0.1", "d", more) })
      local decision = decisions.lookup(instance, source(1))
      ngx.var = { uri = given.uri or "/orders" }
      return apply.ruleNarrowDecision(facts(given), decision) ~= nil
    end
    assert.is_true(ruled(" methods=GET,POST", { method = "POST" }))
    assert.is_false(ruled(" methods=GET,POST", { method = "PUT" }))
    assert.is_false(ruled(" methods=GET,POST", { method = "OST" }))
    assert.is_true(ruled(" paths=/a,/orders", { uri = "/orders/1" }))
    assert.is_false(ruled(" paths=/a,/orders", { uri = "/b/orders" }))
    assert.is_false(ruled(" paths=/orders methods=PUT", {}))
  end)

  it("about what has no route is for those who asked for it again and again, and not for paths that had one", function()
    publish({ line("throttle", "route", "-", "d", " rps=1") })
    local unrouted = worker.module("unrouted")
    ngx.var = { uri = "/nowhere" }
    local function stopped(from)
      local count = 0
      for _ = 1, 4 do
        if apply.ruleUnroutedDecision(instance, source(from)) then count = count + 1 end
      end
      return count
    end
    assert.equal(0, stopped(1))
    for _ = 1, 2 do unrouted.markUnrouted(source(1).key, worker.now) end
    assert.equal(3, stopped(1))
    assert.equal(0, stopped(2))
    for _ = 1, 8 do worker.module("error-paths").noteRouted("/somewhere", worker.now) end
    ngx.var = { uri = "/somewhere" }
    assert.equal(0, stopped(1))
  end)
end)
