local worker = require("worker")

describe("incident records", function()
  local incident, instance

  before_each(function()
    worker.start()
    worker.collect_records()
    incident = worker.module("incident")
    instance = worker.instance()
  end)

  local function finding(changes)
    local made = {
      category = "payload_injection",
      class = "sqli",
      detector = "payload",
      score = 80,
      action = "block",
      subject = "ip",
      value = "192.0.2.1",
      field = "query:q",
      window = "1' or 1=1",
      reason = "SQL condition in query:q",
    }
    for key, value in pairs(changes or {}) do made[key] = value end
    return made
  end

  local function evidence(changes)
    local made = {
      at = worker.now,
      ip = "192.0.2.1",
      key = "\192\0\2\1",
      method = "GET",
      path = "/orders",
      userAgent = "curl",
      status = 403,
      user = "",
      isFailedLogin = false,
      isStopped = true,
      verdict = "block",
      scope = { route_id = "r" },
    }
    for key, value in pairs(changes or {}) do made[key] = value end
    return made
  end

  local function flush()
    worker.records = {}
    incident.flushIncidents(worker.now, 5)
    return worker.records
  end

  it("are one for a thousand requests of one category and subject", function()
    for i = 1, 1000 do
      incident.addIncident(instance, finding(), evidence({ at = worker.now + i / 1000, isStopped = i > 400 }))
    end
    local records = flush()
    assert.equal(1, #records)
    local record = records[1]
    assert.same({ 1000, 600, 400 }, { record.requests, record.stopped, record.passed })
    assert.equal(3, #record.samples)
    assert.equal(1, #record.reasons)
    assert.same({ { ip = "192.0.2.1", count = 1000 } }, record.sources)
    assert.equal(worker.now + 0.001, record.first_at)
    assert.equal(worker.now + 1, record.last_at)
    assert.same({ "sqli", "block", 80, "enforce" }, { record.class, record.verdict, record.score, record.mode })
  end)

  it("are apart by category, subject and mode", function()
    incident.addIncident(instance, finding(), evidence())
    incident.addIncident(instance, finding({ category = "api_ddos" }), evidence())
    incident.addIncident(instance, finding({ value = "192.0.2.2" }), evidence())
    incident.addIncident(worker.instance({ mode = "monitor" }), finding(), evidence())
    assert.equal(4, #flush())
  end)

  it("begin anew after they were handed over, with another id", function()
    incident.addIncident(instance, finding(), evidence())
    local first = flush()[1]
    assert.equal(0, #flush())
    incident.addIncident(instance, finding(), evidence())
    local second = flush()[1]
    assert.not_equal(first.id, second.id)
    assert.equal(1, second.requests)
  end)

  it("count distinct users and addresses, not requests", function()
    for i = 1, 300 do
      incident.addIncident(
        instance,
        finding({ category = "credential_stuffing", subject = "route", value = "r" }),
        evidence({ ip = "192.0.2." .. i % 30, user = "user" .. i % 60, isFailedLogin = i % 2 == 0 })
      )
    end
    local record = flush()[1]
    assert.is_true(math.abs(record.distinct_ips - 30) <= 3)
    assert.is_true(math.abs(record.distinct_users - 60) <= 6)
    assert.equal(150, record.failures)
    assert.equal(20, #record.sources)
  end)

  it("contain the failures that led to them", function()
    local stuffing = finding({ category = "credential_stuffing", prior = { failures = 10, users = 11 } })
    incident.addIncident(instance, stuffing, evidence({ user = "u12" }))
    incident.addIncident(instance, finding({ category = "credential_stuffing" }), evidence({ user = "u13" }))
    local record = flush()[1]
    assert.same({ 12, 10, 2, 10, 11 }, {
      record.requests,
      record.passed,
      record.stopped,
      record.failures,
      record.distinct_users,
    })
  end)

  it("name no route when it was several", function()
    incident.addIncident(instance, finding(), evidence())
    incident.addIncident(instance, finding(), evidence({ scope = { route_id = "other" } }))
    assert.same({}, flush()[1].scope)
  end)

  it("collapse into one for the gateway beyond a thousand, and nothing is lost", function()
    for i = 1, 3000 do incident.addIncident(instance, finding({ value = "a" .. i }), evidence({ ip = "a" .. i })) end
    local records = flush()
    assert.is_true(#records <= 1001)
    local requests, collapsed = 0, nil
    for _, record in ipairs(records) do
      requests = requests + record.requests
      if record.subject.kind == "gateway" then collapsed = record end
    end
    assert.equal(3000, requests)
    assert.equal("*", collapsed.subject.value)
    assert.equal(2000, collapsed.requests)
    assert.matches("2000 pieces of evidence", worker.log)
  end)

  it("carry no secret and nothing unprintable of the path", function()
    incident.addIncident(instance, finding(), evidence({ path = "/reset/ann@example.org/\27[31m", userAgent = "x\r\ny" }))
    local sample = flush()[1].samples[1]
    assert.is_nil(sample.path:find("ann@example.org", 1, true))
    assert.is_nil((sample.path .. sample.user_agent):find("%c"))
  end)
end)

describe("traffic records", function()
  --- By status, then source.
  local function sorted(answers)
    table.sort(answers, function(a, b)
      if a.status ~= b.status then return a.status < b.status end
      return a.source > b.source
    end)
    return answers
  end

  it("count each request once, by how it ended", function()
    worker.start()
    worker.collect_records()
    kong.router = { get_service = function() end }
    ngx.req = { start_time = function() return worker.now - 0.02 end }
    ngx.var.upstream_response_time = "1.5, 0.008"
    local traffic = worker.module("traffic")
    local instance = worker.instance()
    local route = { id = "r", name = "orders" }
    for _, outcome in ipairs({
      { status = 200, answeredBy = "service" },
      { status = 404, answeredBy = "service" },
      { status = 429, answeredBy = "exit" },
      { status = 403, answeredBy = "service" },
      { status = 500, answeredBy = "service" },
      { status = 503, answeredBy = "error" },
      { status = 403, answeredBy = "exit", isStopped = true, isSuspicious = true },
      { status = 200, answeredBy = "service", isSuspicious = true },
      { status = 429, answeredBy = "exit", isSuspicious = true },
    }) do
      outcome.route = route
      traffic.addTraffic(instance, outcome)
    end
    traffic.flushTraffic(worker.now, 5)
    local record = worker.records[1]
    assert.same({ 9, 1, 2, 6 }, { record.requests, record.stopped, record.suspicious, record.clean })
    assert.same({ 1, 1, 1 }, { record.clean_ok, record.clean_denied, record.suspicious_denied })
    assert.same({ 1, 1 }, { record.errors_service, record.errors_gateway })
    assert.equal("orders", record.scope.route_name)
    assert.same({
      { source = "service", status = 200, count = 2 }, { source = "service", status = 403, count = 1 },
      { source = "own", status = 403, count = 1 }, { source = "service", status = 404, count = 1 },
      { source = "exit", status = 429, count = 2 }, { source = "service", status = 500, count = 1 },
      { source = "error", status = 503, count = 1 },
    }, sorted(record.answers))
    assert.same({ 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, record.upstream_ms)
    assert.same({ 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, record.total_ms)
  end)

  local function sum_of(list)
    local sum = 0
    for _, each in ipairs(list) do sum = sum + (type(each) == "table" and each.count or each) end
    return sum
  end

  it("name the twelve most frequent answers, and lose none", function()
    worker.start()
    local answers = worker.module("traffic-answers")
    local made = answers.createAnswers()
    ngx.req = { start_time = function() return worker.now end }
    for status = 200, 399 do
      for _ = 1, status == 333 and 5 or 1 do answers.addAnswer(made, { status = status, answeredBy = "exit" }) end
    end
    local listed = answers.listAnswers(made)
    assert.equal(13, #listed)
    assert.equal(204, sum_of(listed))
    assert.equal("other", listed[13].source)
  end)

  it("time all of few requests and some of many, and count them alike", function()
    worker.start()
    local answers = worker.module("traffic-answers")
    local made = answers.createAnswers()
    ngx.req = { start_time = function() return worker.now end }
    ngx.var.upstream_response_time = "0.000"
    for _ = 1, 64 do answers.addAnswer(made, { status = 200, answeredBy = "service" }) end
    assert.equal(64, made.total[1])
    for _ = 1, 800 do answers.addAnswer(made, { status = 200, answeredBy = "service" }) end
    assert.equal(864, made.total[1])
    assert.equal(864, made.upstream[1])
  end)

  it("put each duration where it belongs", function()
    worker.start()
    local bucket_of = worker.module("traffic-answers").bucketOf
    for bucket = 1, 16 do
      assert.equal(bucket, bucket_of(2 ^ (bucket - 1)))
      assert.equal(bucket, bucket_of(2 ^ bucket - 0.01))
    end
    assert.same({ 0, 0, 17, 17 }, { bucket_of(0), bucket_of(0.99), bucket_of(2 ^ 16), bucket_of(1e9) })
  end)
end)
