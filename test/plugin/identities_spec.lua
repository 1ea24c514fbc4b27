local worker = require("worker")

describe("a credential", function()
  local identities, instance, consumer, credential

  before_each(function()
    worker.start()
    identities = worker.module("identities")
    instance = worker.instance()
    consumer, credential = nil, nil
    kong.client = {
      get_consumer = function() return consumer end,
      get_credential = function() return credential end,
    }
  end)

  local function present(variables)
    for name in pairs(ngx.var) do ngx.var[name] = nil end
    for name, value in pairs(variables) do ngx.var[name] = value end
  end

  --- A request that Kong lets in, or refuses.
  local function request(variables, who)
    present(variables)
    consumer = who and { id = "id-" .. who, username = who } or nil
    credential = who and { key = variables.key } or nil
    return identities.learnIdentity(instance)
  end

  it("is nobody's before Kong has let it in, and its consumer's afterwards", function()
    present({ http_apikey = "secret-key-1" })
    assert.is_nil(identities.findIdentity(instance))
    request({ http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    present({ http_apikey = "secret-key-1" })
    local found = identities.findIdentity(instance)
    assert.same({ "id-ann", "ann" }, { found.owner, found.username })
  end)

  for _, variable in ipairs({ "http_authorization", "http_apikey", "arg_apikey", "cookie_session" }) do
    it("is found in " .. variable, function()
      request({ [variable] = "secret-value" }, "ann")
      assert.equal("ann", identities.findIdentity(instance).username)
    end)
  end

  it("is a keyed hash everywhere", function()
    local learned = request({ http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    assert.matches("^%x+$", learned.hash)
    for _, member in pairs(learned) do assert.is_nil(tostring(member):find("secret", 1, true)) end
  end)

  it("that was made up stays nobody's, however many there are", function()
    for i = 1, 20000 do
      request({ http_apikey = "made-up-" .. i })
      assert.is_nil(identities.findIdentity(instance))
    end
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    for i = 1, 20000 do
      request({ http_apikey = "invented-" .. i })
      identities.findIdentity(instance)
    end
    collectgarbage()
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 4096)
  end)

  it("next to made up ones is the one that Kong has looked at", function()
    request({ http_authorization = "Bearer made-up-1", http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    present({ http_authorization = "Bearer made-up-1" })
    assert.is_nil(identities.findIdentity(instance))
    present({ http_authorization = "Bearer made-up-2", http_apikey = "secret-key-1" })
    assert.equal("ann", identities.findIdentity(instance).username)
  end)

  it("of an anonymous consumer is none", function()
    present({ http_apikey = "anything" })
    consumer = { id = "anonymous" }
    assert.is_nil(identities.learnIdentity(instance))
  end)

  it("is worth nothing any more when Kong refuses it", function()
    request({ http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    request({ http_apikey = "secret-key-1" })
    identities.forgetIdentity(instance)
    assert.is_nil(identities.findIdentity(instance))
  end)

  it("is forgotten when nobody uses it for hours", function()
    request({ http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    worker.now = worker.now + 3 * 3600
    assert.is_nil(identities.findIdentity(instance))
  end)

  it("belongs to the same consumer as its others", function()
    local first = request({ http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    local second = request({ http_authorization = "Bearer token-of-ann" }, "ann")
    assert.equal(first.owner, second.owner)
    assert.not_equal(first.hash, second.hash)
  end)

  it("lets its consumer pass by the allow list, once it has been let in", function()
    instance = worker.instance({ ["allow.consumers"] = { "ann" } })
    local admit = worker.module("admission").admit
    local source = { ip = "192.0.2.1", key = "\192\0\2\1", binary = "\192\0\2\1", isExempt = false }
    local function ruling(variables)
      present(variables)
      return admit(instance, { source = source, requests = 10000, instance = instance })
    end
    assert.equal("throttle", ruling({ http_apikey = "secret-key-1" }).verdict)
    request({ http_apikey = "secret-key-1", key = "secret-key-1" }, "ann")
    request({ http_apikey = "secret-key-2", key = "secret-key-2" }, "bob")
    assert.equal("allow", ruling({ http_apikey = "secret-key-1" }).verdict)
    assert.equal("throttle", ruling({ http_apikey = "secret-key-2" }).verdict)
  end)
end)
