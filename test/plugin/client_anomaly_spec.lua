local worker = require("worker")

describe("an identity", function()
  local observe, instance
  local identity = { hash = "feed", owner = "id-ann", since = 1700000000 }

  before_each(function()
    worker.start()
    observe = worker.module("detectors.client-anomaly").observeClient
    instance = worker.instance()
  end)

  local function request(network, agent)
    local binary = string.char(10, math.floor(network / 256), network % 256, math.random(1, 250))
    return observe(instance, { ip = "x", key = binary, binary = binary, isExempt = false }, agent or "agent", identity)
  end

  --- Days of what is usual: networks in turn, one request a minute.
  local function live(hours, networks)
    for minute = 1, hours * 60 do
      worker.now = worker.now + 60
      assert.is_nil(request(minute % networks))
    end
  end

  local function burst(count, agent_of)
    local found
    for i = 1, count do
      worker.now = worker.now + 10
      found = request(1000 + i, agent_of and agent_of(i)) or found
    end
    return found
  end

  it("that suddenly comes from many new networks is flagged, and never stopped", function()
    live(5, 2)
    local found = burst(8)
    assert.same({ "client_anomaly", "flag", "credential", "feed" },
      { found.category, found.action, found.subject, found.value })
    assert.is_true(found.score < instance.config.thresholds.block)
  end)

  it("that suddenly has many user agents is flagged", function()
    live(5, 1)
    local found
    for i = 1, 8 do found = request(0, "new agent " .. i) or found end
    assert.matches("user agents", found.reason)
  end)

  it("that changes network and agent at once is flagged, when it hardly ever moved", function()
    live(5, 1)
    assert.matches("same time", request(7, "another agent").reason)
  end)

  it("that travels, one network after the other, is left alone", function()
    live(5, 2)
    for i = 1, 20 do
      worker.now = worker.now + 900
      assert.is_nil(request(2000 + i))
    end
  end)

  it("that gets a new version of its agent is left alone", function()
    live(5, 1)
    assert.is_nil(request(0, "agent 2.0"))
  end)

  it("that is young is left alone", function()
    worker.now = worker.now + 60
    assert.is_nil(burst(30))
  end)

  it("that always comes from everywhere, as a key in an app does, is left alone", function()
    local found
    for i = 1, 2000 do
      worker.now = worker.now + 10
      found = request(i) or found
    end
    assert.is_nil(found)
  end)
end)

describe("an address without cookies", function()
  local add

  before_each(function()
    worker.start()
    add = worker.module("clients.agent-rotation").addAgent
  end)

  it("that changes its agent with each request is told of once a window", function()
    local told = 0
    for i = 1, 200 do
      if add("a", "agent " .. i, 600, 20) then told = told + 1 end
    end
    assert.equal(1, told)
    worker.now = worker.now + 601
    for i = 1, 200 do
      if add("a", "agent " .. i, 600, 20) then told = told + 1 end
    end
    assert.equal(2, told)
  end)

  it("with many people behind it, who each load pages, is left alone", function()
    for round = 1, 50 do
      for person = 1, 40 do
        for _ = 1, 5 do assert.is_nil(add("nat", "agent " .. (person * 7 + round) % 40, 600, 20)) end
      end
    end
  end)

  it("with a few agents is left alone", function()
    for i = 1, 1000 do assert.is_nil(add("a", "agent " .. i % 10, 600, 20)) end
  end)
end)

describe("headers", function()
  local contradictions, lines
  local MARKS = {
    http_accept = "ACCEPT",
    http_accept_language = "ACCEPT_LANGUAGE",
    http_accept_encoding = "ACCEPT_ENCODING",
    http_sec_ch_ua = "CLIENT_HINTS",
  }
  local CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
  local FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"

  before_each(function()
    worker.start()
    contradictions = worker.module("clients.header-set").contradictionsOf
    lines = worker.module("features.header-lines")
  end)

  local function request(agent, headers, facts)
    for name in pairs(ngx.var) do ngx.var[name] = nil end
    ngx.var.scheme, ngx.var.server_protocol = "https", "HTTP/1.1"
    for name, value in pairs(headers or {}) do ngx.var[name] = value end
    facts = facts or {}
    facts.userAgent = agent
    facts.present = 0
    for name, mark in pairs(MARKS) do
      if ngx.var[name] then facts.present = facts.present + lines[mark] end
    end
    return contradictions(facts)
  end

  local FULL = {
    http_accept = "*/*",
    http_accept_language = "en",
    http_accept_encoding = "gzip",
    http_sec_ch_ua = '"Chromium";v="131"',
  }

  local function browse(count)
    for _ = 1, count do assert.equal(0, request(CHROME, FULL)) end
  end

  it("of a browser that sends none of a browser's are a contradiction, where others do", function()
    browse(1000)
    assert.equal(4, request(CHROME))
  end)

  it("with Chrome's hints do not come from Firefox", function()
    browse(1000)
    assert.equal(3, request(FIREFOX, { http_accept = "*/*", http_accept_encoding = "gzip", http_sec_ch_ua = "x" }))
  end)

  for _, case in ipairs({
    { "of a tool that says it is one", "curl/8.5.0", {} },
    { "of a crawler that says it is one", CHROME .. " (compatible; Googlebot/2.1)", {} },
    { "without one of them", CHROME, { http_accept = "*/*", http_accept_encoding = "gzip" } },
  }) do
    it(case[1] .. " are no contradiction", function()
      browse(1000)
      assert.equal(0, request(case[2], case[3]))
    end)
  end

  it("of somebody with a cookie are none", function()
    browse(1000)
    assert.equal(0, request(CHROME, {}, { cookie = "a=1" }))
  end)

  it("say nothing where such clients are usual", function()
    browse(500)
    for _ = 1, 500 do request(CHROME) end
    assert.equal(0, request(CHROME))
  end)
end)
