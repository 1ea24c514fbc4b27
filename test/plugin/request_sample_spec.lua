local worker = require("worker")

describe("the sample of requests", function()
  local sample, instance

  local function outcome(given)
    local made = {
      source = { ip = "192.0.2.1", binary = "\192\0\2\1", key = "\192\0\2\1" },
      facts = { method = "GET", path = "/orders", query = nil, userAgent = "curl/8.5" },
      route = { id = "r" }, findings = {}, status = 200, answeredBy = "service", isStopped = false,
    }
    for name, value in pairs(given or {}) do made[name] = value or nil end
    return made
  end

  local function flush()
    worker.records = {}
    worker.now = worker.now + 5
    sample.flushRequests(worker.now, false)
    return worker.records[1]
  end

  local function take(given)
    sample.sampleRequest(instance, outcome(given))
    return flush().requests[1]
  end

  before_each(function()
    worker.start()
    worker.collect_records()
    ngx.req = { get_headers = function() return ngx.headers or {} end, start_time = function() return worker.now - 0.012 end }
    kong.router = { get_service = function() return { id = "s" } end }
    kong.client = { get_consumer = function() end, get_credential = function() end }
    local configure = worker.module("configure")
    local config = worker.instance().config
    config.agent.url = "http://127.0.0.1:1"
    configure.configure({ config })
    instance = configure.instanceOf(config)
    sample = worker.module("request-sample")
    sample.flushRequests(worker.now, false)
  end)

  it("has all of few requests", function()
    for i = 1, 60 do sample.sampleRequest(instance, outcome({ status = 200 + i })) end
    local record = flush()
    assert.same({ "requests", 60, 1, 5 }, { record.type, #record.requests, record.weight, record.window_s })
    assert.is_nil(flush())
  end)

  it("has sixty of many, early and late ones alike, and says how many each stands for", function()
    local sum, count = 0, 0
    for _ = 1, 40 do
      for i = 1, 3000 do sample.sampleRequest(instance, outcome({ status = i })) end
      local record = flush()
      assert.same({ 60, 50 }, { #record.requests, record.weight })
      for _, request in ipairs(record.requests) do sum, count = sum + request.status, count + 1 end
    end
    -- The mean of 2,400 evenly drawn from 1 to 3000: within six standard deviations.
    assert.is_true(math.abs(sum / count - 1500.5) < 6 * 866 / math.sqrt(count))
  end)

  it("looks at a few of many only", function()
    local looked = 0
    ngx.req.get_headers = function() looked = looked + 1 return {} end
    for _ = 1, 30000 do sample.sampleRequest(instance, outcome()) end
    assert.is_true(looked >= 60 and looked < 900)
  end)

  it("waits until its window is over, or the worker ends", function()
    sample.sampleRequest(instance, outcome())
    worker.now = worker.now + 4.9
    sample.flushRequests(worker.now, false)
    assert.same({}, worker.records)
    sample.flushRequests(worker.now, true)
    assert.equal(1, #worker.records)
  end)

  it("is empty where it is switched off, or there is no agent to tell", function()
    instance.config.agent.request_sample = 0
    sample.sampleRequest(instance, outcome())
    assert.is_nil(flush())
    instance.config.agent.request_sample = 60
    sample.sampleRequest(worker.instance({ gateway = "other" }), outcome())
    assert.is_nil(flush())
    sample.sampleRequest(instance, outcome())
    assert.is_not_nil(flush())
  end)

  it("describes what a plan needs to know, and no values", function()
    ngx.headers = { Accept = "text/html", ["X-Api-Key"] = "sesame-1234", ["X-Consumer-Id"] = "c" }
    ngx.var = { http_host = "shop.example.com", http_content_type = "application/json; charset=utf-8", http_content_length = "42", http_apikey = "sesame-1234" }
    local request = take({
      facts = { method = "POST", path = "/orders/ann@example.org", query = "q=secret&page=2&q=x&sesame-1234", userAgent = "Mozilla/5.0 Gecko/1 Firefox/144.0" },
      status = 403, answeredBy = "exit", isStopped = true, ruling = { verdict = "block", finding = { category = "abuse" } },
    })
    table.sort(request.headers)
    assert.same({ "accept", "x-api-key" }, request.headers)
    assert.same({ "q", "page" }, request.query)
    assert.same({ "POST", "r", "s", "192.0.2.1", "Firefox" }, { request.method, request.route_id, request.service_id, request.ip, request.agent })
    assert.same({ "shop.example.com", "application/json", 42 }, { request.host, request.content_type, request.body_bytes })
    assert.same({ 403, "own", "block", "abuse", 12 }, { request.status, request.source, request.verdict, request.category, request.latency_ms })
    assert.equal(worker.module("features.identity").hashCredential(instance, "sesame-1234"), request.credential)
    assert.is_nil(request.path:find("ann@example.org", 1, true))
  end)

  it("knows the consumer also where another plugin ended the request", function()
    ngx.var = { http_apikey = "key-of-alice" }
    kong.client = { get_consumer = function() return { id = "alice" } end, get_credential = function() return { key = "key-of-alice" } end }
    worker.module("identities").learnIdentity(instance)
    kong.client = { get_consumer = function() end, get_credential = function() end }
    assert.equal("alice", take().consumer)
  end)

  it("describes requests of which only the address is known", function()
    ngx.var = { request_method = "GET", uri = "/nowhere", args = "a=1" }
    local request = take({ facts = false, route = false, status = 404, answeredBy = "exit" })
    assert.same({ "GET", "/nowhere", "a", 404, "exit", "allow" }, { request.method, request.path, request.query[1], request.status, request.source, request.verdict })
    assert.is_nil(request.route_id)
  end)

  for agent, family in pairs({
    ["curl/8.5.0"] = "curl", ["python-requests/2.31"] = "python-requests",
    ["Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"] = "Chrome",
    ["Mozilla/5.0 AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"] = "Edg",
    ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"] = "Googlebot",
  }) do
    it("takes " .. agent .. " for " .. family, function()
      assert.equal(family, take({ facts = { method = "GET", path = "/", userAgent = agent } }).agent)
    end)
  end
end)
