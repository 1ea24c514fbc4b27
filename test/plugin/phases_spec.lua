local worker = require("worker")

-- Kong's side of one request, as far as the phases touch it. What nginx really does is tried in test/e2e.
describe("the phases", function()
  local handler, config, answer, route, upstream_headers, serialized

  before_each(function()
    worker.start({ remote_addr = "192.0.2.1", binary_remote_addr = "\192\0\2\1", uri = "/orders", request_uri = "/orders" })
    worker.collect_records()
    -- PCRE is nginx's: the scanner has its own tests there. Here it finds what the spec says is an attack.
    package.loaded["kong.plugins.threat-response.payload.scan-request"] = {
      scanRequest = function(parts)
        local hit = { field = "query:q", window = "…", reason = "an attack" }
        if parts.query == "attack" then hit.score, hit.class = 95, "sqli" return hit end
        if parts.userAgent == "scanner" then hit.score = 75 return hit end
      end,
    }
    route = { id = "r", name = "orders" }
    ngx.status = 200
    ngx.req = { get_headers = function() return ngx.headers or {} end, start_time = function() return worker.now end }
    ngx.var.request_method = "GET"
    kong.router = { get_route = function() return route end, get_service = function() end }
    kong.client = { get_consumer = function() end, get_credential = function() end }
    kong.request = { get_raw_body = function() return ngx.body or "" end }
    kong.response = {
      get_source = function() return answer and "exit" or "service" end,
      exit = function(status, body, headers)
        answer = { status = status, body = body, headers = headers or {} }
        ngx.status = status
      end,
    }
    kong.service = {
      request = {
        set_header = function(name, value) upstream_headers[name] = value end,
        clear_header = function(name) upstream_headers[name] = "cleared" end,
      },
    }
    kong.log = {
      set_serialize_value = function(_, value) serialized = value end,
      notice = function() end,
    }
    handler = worker.module("handler")
    config = worker.instance().config
  end)

  local ATTACK = "/orders?attack"

  --- Returns the status the client gets.
  local function request(target, options)
    options = options or {}
    answer, serialized, upstream_headers = nil, nil, {}
    ngx.var.request_uri = target or "/orders"
    ngx.headers = options.headers or { ["user-agent"] = "Mozilla/5.0" }
    ngx.var.http_user_agent = ngx.headers["user-agent"]
    ngx.var.http_x_threat_response = ngx.headers["x-threat-response"]
    kong.ctx = { plugin = {}, shared = {} }
    ngx.status = 200
    if options.global then handler:rewrite(config) end
    if not answer and not options.no_access then handler:access(config) end
    if not answer then ngx.status = options.status or 200 end
    handler:log(config)
    return ngx.status
  end

  local function records(kind)
    worker.module("incident").flushIncidents(worker.now, 1)
    worker.module("traffic").flushTraffic(worker.now, 1)
    local found = {}
    for _, record in ipairs(worker.records) do
      if record.type == kind then table.insert(found, record) end
    end
    return found
  end

  it("stop a malicious request and only that one", function()
    assert.equal(403, request(ATTACK))
    assert.equal(200, request("/orders?q=hello"))
  end)

  it("tell the client nothing but a reference, and the logs everything", function()
    ngx.var.kong_request_id = "abc"
    request(ATTACK)
    assert.same({ message = "Forbidden", reference = "abc" }, answer.body)
    assert.equal("payload_injection", serialized.category)
    assert.equal("block", serialized.verdict)
  end)

  it("stop nothing in monitor mode, and report the same", function()
    config = worker.instance({ mode = "monitor" }).config
    for _ = 1, 20 do assert.equal(200, request(ATTACK)) end
    local incident = records("incident")[1]
    assert.same({ 20, 20, 0, "block" }, { incident.requests, incident.passed, incident.stopped, incident.verdict })
  end)

  it("block an address that goes on, and do not take their own answers for evidence", function()
    for _ = 1, 6 do request(ATTACK) end
    assert.equal(403, request("/orders"))
    worker.now = worker.now + 299
    assert.equal(403, request("/orders"))
    worker.now = worker.now + 2
    assert.equal(200, request("/orders"))
  end)

  it("count each request once in traffic and once in its incident", function()
    for _ = 1, 8 do request(ATTACK, { global = true }) end
    for _ = 1, 3 do
      ngx.var.binary_remote_addr = "\192\0\2\2"
      request("/orders", { global = true })
    end
    assert.equal(8, records("incident")[1].requests)
    local traffic = records("traffic")[1]
    assert.same({ 11, 8, 3 }, { traffic.requests, traffic.stopped, traffic.clean_ok })
  end)

  it("stop a flood on paths without a route", function()
    route = nil
    local stopped = 0
    for _ = 1, 150 do
      if request("/nowhere", { global = true, no_access = true, status = 404 }) == 429 then stopped = stopped + 1 end
    end
    assert.equal(50, stopped)
    assert.equal(10, answer.headers["Retry-After"])
  end)

  it("mark what is suspicious for the upstream, and clear what the client made up", function()
    request("/orders", { headers = { ["user-agent"] = "scanner" } })
    assert.matches("^flag;category=abuse;score=%d+$", upstream_headers["X-Threat-Response"])
    request("/orders", { headers = { ["x-threat-response"] = "allow" } })
    assert.equal("cleared", upstream_headers["X-Threat-Response"])
  end)

  it("leave what the allow list names alone, and stop what the deny list names", function()
    config = worker.instance({ ["allow.cidrs"] = { "192.0.2.0/24" } }).config
    assert.equal(200, request(ATTACK))
    assert.equal(0, #records("incident"))
    config = worker.instance({ ["deny.user_agents"] = { "mozilla" } }).config
    assert.equal(403, request("/orders"))
    assert.equal(0, #records("incident"))
  end)

  it("take a request that a hot patch of the agent ended for stopped, not for a clean one that was denied", function()
    kong.ctx = { plugin = {}, shared = { threat_response_patch = "a-1" } }
    ngx.status = 403
    local source = kong.response.get_source
    kong.response.get_source = function() return "exit" end
    handler:log(config)
    kong.response.get_source = source
    local traffic = records("traffic")[1]
    assert.same({ 1, 1, 0 }, { traffic.requests, traffic.stopped, traffic.clean_denied })
  end)

  it("cope with a request that never reached access", function()
    route = nil
    ngx.var.uri, ngx.var.request_uri, ngx.var.request_method = nil, nil, nil
    kong.ctx = { plugin = {}, shared = {} }
    ngx.status = 400
    handler:log(config)
    assert.equal(0, worker.module("health").failOpenCount())
    assert.equal(1, records("traffic")[1].requests)
  end)

  it("let the request pass when they fail, and count it", function()
    ngx.req.get_headers = function() error("broken") end
    assert.equal(200, request(ATTACK))
    assert.equal(1, worker.module("health").failOpenCount())
  end)

  it("stop stuffing before anything else answers, and leave known users alone", function()
    ngx.var.request_method, ngx.var.uri = "POST", "/login"
    local function login(user, status)
      ngx.body = '{"username":"' .. user .. '"}'
      local headers = { ["content-type"] = "application/json", ["content-length"] = "20" }
      return request("/login", { headers = headers, status = status })
    end
    assert.equal(200, login("good", 200))
    local stopped = 0
    for i = 1, 30 do
      if login("u" .. i, 401) == 429 then stopped = stopped + 1 end
    end
    assert.is_true(stopped >= 18)
    assert.equal(200, login("good", 200))
    local incident = records("incident")[1]
    assert.equal("credential_stuffing", incident.category)
    assert.equal("192.0.2.1", incident.subject.value)
  end)

  it("enforce on a route what a monitoring global instance only reports", function()
    local monitor, enforcing = worker.instance({ mode = "monitor" }).config, config
    for _ = 1, 8 do
      answer, serialized, upstream_headers = nil, nil, {}
      ngx.var.request_uri, ngx.headers = ATTACK, {}
      kong.ctx, ngx.status = { plugin = {}, shared = {} }, 200
      handler:rewrite(monitor)
      handler:access(enforcing)
      handler:log(enforcing)
      assert.equal(403, answer.status)
    end
    assert.equal("source", serialized.by)
  end)

  local function from(address)
    ngx.var.remote_addr, ngx.var.binary_remote_addr = address, address:gsub("%d+%.?", function(part)
      return string.char(tonumber((part:gsub("%.", ""))))
    end)
  end

  describe("with payload.sampling below 1", function()
    local function misses(sampling, requests)
      config = worker.instance({ ["payload.sampling"] = sampling, ["source.min_evidence"] = 10000 }).config
      local passed = 0
      for i = 1, requests do
        from("192.0.2." .. i % 250)
        if request("/orders?hello") == 200 and kong.ctx.plugin.facts.isInspected == false then passed = passed + 1 end
      end
      return passed
    end

    it("look at about that share of the payloads", function()
      assert.equal(0, misses(1, 200))
      assert.equal(200, misses(0, 200))
      local left_out = misses(0.25, 2000)
      assert.is_true(left_out > 1400 and left_out < 1600)
    end)

    it("find who tries again and again, and look at all of their requests from then on", function()
      config = worker.instance({ ["payload.sampling"] = 0.2, ["source.min_evidence"] = 10000, ["flood.max_per_ip"] = 10000 }).config
      local tries = 0
      repeat tries = tries + 1 until request(ATTACK) == 403 or tries == 500
      assert.is_true(tries < 500)
      for _ = 1, 100 do assert.equal(403, request(ATTACK)) end
    end)

    it("still go by lists and by the record of the source", function()
      config = worker.instance({ ["payload.sampling"] = 0, ["deny.user_agents"] = { "badbot" } }).config
      for _ = 1, 20 do assert.equal(403, request("/orders", { headers = { ["user-agent"] = "BadBot/1" } })) end
      assert.equal(200, request(ATTACK))
    end)

    it("still go by decisions", function()
      worker.module("decisions").lookup = function() return { action = "block", id = "d1", rps = 1 } end
      for _, name in ipairs({ "inspect", "handler" }) do package.loaded["kong.plugins.threat-response." .. name] = nil end
      handler = worker.module("handler")
      config = worker.instance({ ["payload.sampling"] = 0 }).config
      for _ = 1, 20 do assert.equal(403, request("/orders", { global = true })) end
    end)

    it("say how many they did not look at", function()
      config = worker.instance({ ["payload.sampling"] = 0 }).config
      for _ = 1, 7 do request("/orders") end
      assert.equal(7, records("traffic")[1].unsampled)
    end)
  end)

  describe("with enforce_share below 1", function()
    local function stopped_of(share, clients)
      config = worker.instance({ ["payload.enforce_share"] = share }).config
      local stopped = {}
      for i = 1, clients do
        from("198.51." .. math.floor(i / 250) .. "." .. i % 250)
        stopped[i] = request(ATTACK) == 403
      end
      return stopped
    end

    local function count(flags)
      local total = 0
      for _, flag in ipairs(flags) do if flag then total = total + 1 end end
      return total
    end

    it("enforce on that share of the clients, and on each client always or never", function()
      local first = stopped_of(0.3, 1000)
      assert.is_true(count(first) > 250 and count(first) < 350)
      assert.same(first, stopped_of(0.3, 1000))
    end)

    it("keep whom they enforced on when the share grows", function()
      local few, more = stopped_of(0.2, 400), stopped_of(0.5, 400)
      for i, flag in ipairs(few) do assert.is_true(not flag or more[i]) end
    end)

    it("only report what they do not enforce, as in monitor mode, and never block the address for it", function()
      config = worker.instance({ ["payload.enforce_share"] = 0 }).config
      for _ = 1, 20 do assert.equal(200, request(ATTACK)) end
      assert.same({ "block", false }, { serialized.verdict, serialized.enforced })
      local incident = records("incident")[1]
      assert.same({ "monitor", 20, 0, "block" }, { incident.mode, incident.passed, incident.stopped, incident.verdict })
      assert.equal(200, request("/orders"))
    end)

    it("still enforce the other detectors on the same client", function()
      config = worker.instance({ ["payload.enforce_share"] = 0, ["flood.max_per_ip"] = 10 }).config
      local last
      for _ = 1, 20 do last = request(ATTACK) end
      assert.equal(429, last)
    end)
  end)

  it("keep what they learned when Kong rebuilds its configuration", function()
    for _ = 1, 6 do request(ATTACK) end
    config = worker.instance({}).config
    handler:configure({ config })
    assert.equal(403, request("/orders"))
  end)
end)
