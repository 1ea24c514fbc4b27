local worker = require("worker")

describe("missing paths", function()
  local missing, instance

  before_each(function()
    worker.start()
    instance = worker.instance()
    missing = worker.module("abuse-missing")
  end)

  local function ask(address, path, headers)
    ngx.var.http_referer = headers and headers.referer
    ngx.var.http_host = headers and headers.host
    return missing.addMissing(address, address, path, 10, worker.now)
  end

  it("count once each for an address, within a window", function()
    assert.equal(1, ask("a", "/.env"))
    assert.equal(2, ask("a", "/wp-login.php"))
    assert.equal(0, ask("a", "/.env"))
    assert.equal(1, ask("b", "/.env"))
    worker.now = worker.now + 11
    assert.equal(1, ask("a", "/backup.zip"))
  end)

  it("count for nobody where several well-known addresses miss them", function()
    local evidence = worker.module("evidence")
    for _, address in ipairs({ "w", "x", "y", "z" }) do
      for _ = 1, 5 do evidence.addGood(instance, { key = address }) end
    end
    worker.now = worker.now + 1
    for _, address in ipairs({ "w", "x", "y", "z" }) do ask(address, "/old/logo.png") end
    assert.equal(0, ask("newcomer", "/old/logo.png"))
    assert.equal(1, ask("newcomer", "/.env"))
  end)

  it("count as much as ever however many strangers miss them", function()
    for i = 1, 50 do assert.equal(1, ask("bot" .. i, "/.env")) end
  end)

  it("count a quarter where the site itself has led to them", function()
    local headers = { referer = "https://shop.example/start", host = "shop.example" }
    assert.equal(0.25, ask("a", "/part1.js", headers))
    assert.equal(0.5, ask("a", "/part2.js", headers))
    assert.equal(1.5, ask("a", "/part3.js", { referer = "https://elsewhere.example/", host = "shop.example" }))
  end)
end)

describe("a client's walk over a route", function()
  local walk, abuse, limits

  before_each(function()
    worker.start()
    limits = worker.instance().config.abuse
    walk = worker.module("abuse-walk")
    abuse = worker.module("detectors.abuse")
  end)

  --- So many requests in this minute; `options.path` and `options.agent` make one of a number.
  local function visit(address, count, options)
    local last
    for n = 1, count do
      last = walk.addVisit({
        client = address,
        route = "r",
        path = options.path(n),
        query = options.query and options.query(n),
        userAgent = options.agent and options.agent(n) or "browser",
        isDenied = options.denied ~= nil and n % 10 < options.denied,
        isTrueUser = options.refused == nil,
      }, limits.max_pages, worker.now) or last
    end
    return last
  end

  local function numbered(n) return "/orders/" .. 4000 + n end
  local function scattered(n) return "/orders/" .. n * 7919 % 100003 end

  it("is nothing while there are few pages", function()
    assert.is_nil(visit("a", 200, { path = function(n) return "/orders/" .. n % 10 end }))
  end)

  it("knows distinct pages, ids and neighbours", function()
    local found = visit("a", 100, { path = numbered, denied = 5 })
    assert.is_true(math.abs(found.pages - 100) < 12, found.pages)
    assert.is_true(found.ids > 0.9 and found.steps > 0.9)
    assert.is_true(math.abs(found.denied - 0.5) < 0.1)
    assert.equal(1, found.users)
  end)

  it("counts users by agent and credential", function()
    local found = visit("a", 200, { path = scattered, agent = function(n) return "agent" .. n % 8 end })
    assert.is_true(found.users >= 5 and found.users <= 10, found.users)
  end)

  it("counts no users who are refused: they may be made up", function()
    local found = visit("a", 200, { path = scattered, refused = true, agent = function(n) return "agent" .. n end })
    assert.equal(1, found.users)
  end)

  for _, case in ipairs({
    { "many refused numbers", { path = scattered, denied = 8 }, 60, "enumeration" },
    { "many refused hexadecimal names", { path = function(n) return ("/orders/%08x-4711"):format(n * 7919) end, denied = 8 }, 60, "enumeration" },
    { "many refused numbers in the query", { path = function() return "/order" end, query = function(n) return "x=1&id=" .. n end, denied = 8 }, 60, "enumeration" },
    { "very many numbers one after the other", { path = numbered }, 200, "enumeration" },
    { "a list of orders, one after the other", { path = numbered }, 60, nil },
    { "many names that are no ids", { path = function(n) return "/tags/wool" .. n end, denied = 8 }, 60, nil },
    { "refused numbers of one consumer, from many addresses", { path = scattered, denied = 8, agent = function(n) return "agent" .. n % 8 end }, 60, "enumeration", "consumer" },
    { "refused numbers of many users behind one address", { path = scattered, denied = 8, agent = function(n) return "agent" .. n % 8 end }, 60, nil },
  }) do
    it("is " .. (case[4] or "nothing special") .. " for " .. case[1], function()
      local reason = abuse.judgeWalk(limits, visit("a", case[3], case[2]), case[5] == "consumer")
      assert.equal(case[4], reason and reason:match("^%a+"))
    end)
  end

  it("is scraping when it goes on for minutes only", function()
    local reason
    for minute = 1, 6 do
      local from = minute * 1000
      local found = visit("a", 150, { path = function(n) return "/catalogue/page-" .. from + n end })
      reason = abuse.judgeWalk(limits, found, false)
      if minute <= 4 then assert.is_nil(reason) end
      worker.now = worker.now + 60
    end
    assert.equal("scraping", reason:match("^%a+"))
  end)

  it("survives a hundred thousand others", function()
    visit("a", 60, { path = scattered, denied = 8 })
    for n = 1, 100000 do
      walk.addVisit({ client = "other" .. n, route = "r", path = "/x" }, limits.max_pages, worker.now)
    end
    assert.is_table(visit("a", 60, { path = scattered, denied = 8 }))
  end)
end)

describe("missing paths among others", function()
  --- The first finding, of an address that finds `good` of ten pages, ten requests a second for a minute.
  local function probe(good)
    worker.start()
    local instance, detect = worker.instance(), worker.module("detectors.abuse").detectAbuse
    local evidence = worker.module("evidence")
    local source = { key = "\203\0\113\9", ip = "203.0.113.9", isExempt = false }
    for n = 1, 600 do
      worker.now = worker.now + 0.1
      ngx.var.uri = "/page" .. n
      local is_good = n % 10 < good
      if is_good then evidence.addGood(instance, source) end
      local outcome = { source = source, status = is_good and 200 or 404, isStopped = false }
      local finding = detect(instance, outcome)
      if finding then return finding end
    end
  end

  it("are probing though every other request is for a page that is there", function()
    assert.equal("abuse.probing", probe(5).detector)
  end)

  it("are old links where nearly everything is there", function() assert.is_nil(probe(8)) end)
end)

describe("whose walk it is", function()
  local abuse, identities, instance, consumer

  before_each(function()
    worker.start({ uri = "/orders/1" })
    instance = worker.instance({ ["abuse.enforce_share"] = 0 })
    abuse = worker.module("detectors.abuse")
    identities = worker.module("identities")
    kong.client = {
      get_consumer = function() return consumer and { id = consumer } end,
      get_credential = function() return consumer and { id = "credential of " .. consumer } end,
    }
  end)

  --- So many refused requests for orders; who sends them, and from where.
  local asked = 0
  local function walk(count, key, address, made_up, status)
    consumer = key and "consumer of " .. key
    local found
    for _ = 1, count do
      asked = asked + 1
      ngx.var.http_apikey = key
      local source = { key = address or "\203\0\113\7", ip = "203.0.113.7", isExempt = false }
      local outcome = {
        source = source,
        status = status or 403,
        route = { id = "r" },
        facts = { path = "/orders/" .. asked * 7919 % 100003, userAgent = "sync/" .. (made_up and asked or 1), headers = { authorization = made_up and "Bearer " .. asked }, source = source, route = { id = "r" } },
        identity = identities.learnIdentity(instance),
        isStopped = false,
      }
      found = abuse.detectAbuse(instance, outcome) or found
    end
    return found
  end

  local function is_limited(key)
    ngx.var.http_apikey = key
    local facts = { source = { key = "\203\0\113\7", ip = "203.0.113.7" }, route = { id = "r" } }
    return abuse.detectLimited(instance, facts) ~= nil
  end

  it("is the consumer's, whose credential is named, and not that of its neighbours behind the address", function()
    local found = walk(60, "key one")
    assert.same({ "abuse.enumeration", "credential", 16 }, { found.detector, found.subject, #found.value })
    assert.same({ true, false, false }, { is_limited("key one"), is_limited("key two"), is_limited(nil) })
  end)

  it("is nobody's where each of many consumers walks a little", function()
    for n = 1, 20 do assert.is_nil(walk(10, "key " .. n)) end
    assert.is_false(is_limited("key 1"))
  end)

  it("is a consumer's also from many addresses, who are reported and not slowed down", function()
    local found
    for n = 1, 40 do found = walk(3, "key one", "\10\0\0" .. string.char(n)) or found end
    assert.same({ "abuse.enumeration", "flag", "credential" }, { found.detector, found.action, found.subject })
    assert.is_false(is_limited("key one"))
  end)

  it("is the address's for who presents what nobody let in", function()
    local found = walk(60)
    assert.same({ "ip", "203.0.113.7" }, { found.subject, found.value })
    assert.is_true(is_limited("made up"))
  end)

  it("is the address's too for who makes up another credential and agent each time", function()
    assert.equal("throttle", walk(60, nil, nil, true).action)
  end)

  it("is none where strangers are told to log in, as an office whose sessions have ended", function()
    assert.is_nil(walk(60, nil, nil, false, 401))
  end)

  --- One request every five seconds, for so many.
  local function slow(count, status, key, address)
    local found
    for _ = 1, count do
      worker.now = worker.now + 5
      found = walk(1, key, address, false, type(status) == "function" and status() or status) or found
    end
    return found
  end

  it("is found over hours, too, where most is refused, and ends what it does", function()
    assert.same({ "abuse.enumeration", "throttle" }, (function(found) return { found.detector, found.action } end)(slow(70, 404)))
    assert.is_true(is_limited(nil))
  end)

  it("is a consumer's that asks for what is forbidden; what is gone may be in its own records", function()
    assert.equal("flag", slow(70, 404, "old key").action)
    assert.is_false(is_limited("old key"))
    assert.equal("throttle", slow(70, 403, "curious key").action)
    assert.is_true(is_limited("curious key"))
  end)

  it("is none over hours where half is found", function()
    local n = 0
    assert.is_nil(slow(300, function()
      n = n + 1
      return n % 2 == 0 and 200 or 404
    end))
  end)

  it("is none where those who came long before are refused as well", function()
    for n = 1, 40 do slow(1, 200, nil, "customer" .. n) end
    worker.now = worker.now + 3700
    for n = 1, 40 do slow(1, 404, nil, "customer" .. n) end
    assert.is_nil(slow(100, 404))
    assert.is_nil(walk(60, nil, nil, false, 404))
  end)

  it("is not excused by strangers who are refused together", function()
    for n = 1, 40 do slow(1, 200, nil, "customer" .. n) end
    for n = 1, 40 do slow(1, 404, nil, "stranger" .. n) end
    assert.equal("abuse.enumeration", slow(100, 404).detector)
  end)

  it("is enforced on the share of clients that abuse.enforce_share names", function()
    local finding = walk(60)
    local rollout = worker.module("rollout")
    assert.is_true(rollout.isTrial(instance, { key = "a" }, finding))
    assert.is_false(rollout.isTrial(worker.instance(), { key = "a" }, finding))
  end)
end)

describe("a client that is limited", function()
  local limit

  before_each(function()
    worker.start()
    limit = worker.module("abuse-limit")
  end)

  it("is so on that route, in all workers, until it has paused", function()
    assert.is_false(limit.isAnybodyLimited(worker.now))
    limit.limitClient("a", "r", worker.now)
    assert.is_true(limit.isAnybodyLimited(worker.now))
    assert.same({ true, false, false }, {
      limit.isLimited("a", "r", worker.now),
      limit.isLimited("b", "r", worker.now),
      limit.isLimited("a", "s", worker.now),
    })
    worker.now = worker.now + 290
    assert.is_true(limit.isLimited("a", "r", worker.now))
    worker.now = worker.now + 50
    assert.is_true(limit.isLimited("a", "r", worker.now))
    worker.now = worker.now + 61
    assert.is_false(limit.isLimited("a", "r", worker.now))
    assert.is_false(limit.isAnybodyLimited(worker.now))
  end)
end)

describe("a consumer's use", function()
  local quota

  before_each(function()
    worker.start()
    quota = worker.module("abuse-quota")
  end)

  local function use(minutes, count)
    local most = 0
    for _ = 1, minutes do
      for _ = 1, count do most = math.max(most, quota.addUse("partner", 300, worker.now)) end
      worker.now = worker.now + 60
    end
    return most
  end

  it("is compared with its own usual, once that is known", function()
    assert.equal(0, use(5, 400))
    use(10, 40)
    assert.equal(0, use(1, 290))
    assert.is_true(use(1, 5000) > 10)
  end)

  it("of a big consumer is its own usual", function()
    assert.equal(0, use(10, 2000))
    assert.is_true(use(3, 3000) < 2)
  end)

  it("that jumps does not become the usual at once", function()
    use(30, 40)
    assert.is_true(use(5, 4000) > 10)
    assert.is_true(use(1, 4000) > 10)
  end)
end)
