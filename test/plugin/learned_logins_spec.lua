local worker = require("worker")

describe("a path that nobody named as a login", function()
  local learned, instance, logged

  before_each(function()
    worker.start()
    learned = worker.module("learned-logins")
    instance = worker.instance()
    logged = 0
    kong.log = { notice = function() logged = logged + 1 end }
  end)

  local JSON = '{"name":"ann","password":"x"}'

  local function request(path, status, options)
    options = options or {}
    ngx.var.uri = path
    learned.learnLogin(instance, {
      method = options.method or "POST",
      body = options.body or JSON,
      source = { key = options.key or "a" .. math.random(1, 9) },
    }, status)
  end

  local function use(path, options)
    for _ = 1, 10 do
      request(path, 401, options)
      request(path, options and options.accepted or 200, options)
    end
    return learned.isLearnedLogin(path)
  end

  it("is learned when it refuses and accepts passwords, and told of once", function()
    assert.is_true(use("/gate"))
    use("/gate")
    assert.equal(1, logged)
  end)

  it("is one path however it is written", function()
    for n, path in ipairs({ "/gate", "/GATE", "/gate/", "/gate;v=1" }) do
      for _ = 1, 2 do
        request(path, 401, { key = "a" .. n })
        request(path, 200, { key = "a" .. n })
      end
    end
    assert.is_true(learned.isLearnedLogin("/gate"))
  end)

  for _, case in ipairs({
    { "takes a field of a form", { body = "user[email]=ann&user[password]=x" }, true },
    { "takes a form", { body = "user=ann&password=x" }, true },
    { "answers with a redirect", { accepted = 302 }, true },
    { "sees no passwords", { body = '{"note":"my password is x"}' }, false },
    { "creates accounts", { accepted = 201 }, false },
    { "is read, not posted to", { method = "GET" }, false },
    { "is used by one address only", { key = "a" }, false },
    { "has a very long name", nil, false, "/" .. ("x"):rep(200) },
  }) do
    it((case[3] and "is" or "is not") .. " learned when it " .. case[1], function()
      assert.equal(case[3], use(case[4] or "/gate", case[2]))
    end)
  end

  it("is not learned from refusals alone", function()
    for _ = 1, 100 do request("/gate", 401) end
    assert.is_false(learned.isLearnedLogin("/gate"))
  end)

  it("is a login for requests from then on", function()
    local is_login = worker.module("features.login").isLoginRequest
    ngx.var.uri = "/gate"
    assert.is_false(is_login(instance, { method = "POST" }))
    use("/gate")
    assert.is_true(is_login(instance, { method = "POST" }))
    assert.is_false(is_login(worker.instance({ ["login.learn_paths"] = false }), { method = "POST" }))
  end)

  it("is one of at most fifty, whatever is tried", function()
    local count = 0
    for i = 1, 300 do
      if use("/gate" .. i) then count = count + 1 end
    end
    assert.equal(50, count)
  end)

  it("is told to other nodes, and what they tell is known here without being told back", function()
    use("/gate")
    learned.keepToldLogins({ "/door" })
    learned.syncLearnedLogins()
    assert.is_true(learned.isLearnedLogin("/door"))
    assert.same({ "/gate" }, learned.ownLogins())
    learned.keepToldLogins({})
    learned.syncLearnedLogins()
    assert.is_false(learned.isLearnedLogin("/door"))
  end)
end)
