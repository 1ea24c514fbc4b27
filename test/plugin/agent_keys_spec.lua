local worker = require("worker")

local function config(agent, hash_key)
  return { agent = agent, hash_key = hash_key }
end

describe("the keys of a node", function()
  local keys

  before_each(function()
    worker.start()
    worker.log = nil
    keys = worker.module("agent-keys")
  end)

  it("are there when the configuration has them, or names no agent", function()
    assert.is_true(keys.hasKeys({ secret = "one", feed_secret = "two" }))
    assert.is_true(keys.hasKeys({}))
    assert.is_nil(worker.log)
  end)

  it("are missing while Kong cannot resolve a reference, and the log names it", function()
    assert.is_false(keys.hasKeys({ secret = "", feed_secret = "two" }))
    assert.truthy(worker.log:find("the reference in agent.secret is not resolved", 1, true))
    assert.is_false(keys.hasKeys({ secret = "one", feed_secret = "{vault://env/feed}" }))
  end)

  it("are there as soon as Kong can resolve them when asked to", function()
    kong.vault = { update = function(agent) agent.secret = "one" end }
    assert.is_true(keys.hasKeys({ secret = "{vault://env/ingest}", feed_secret = "two" }))
    assert.is_nil(worker.log)
  end)

  it("are drawn by the node itself where hash_key is not set, which one worker says once, and only with an agent", function()
    keys.warnOfHashKey({ config({}), config({ url = "http://agent" }, "a key") })
    assert.is_nil(worker.log)
    keys.warnOfHashKey({ config({ url = "http://agent" }, "") })
    assert.truthy(worker.log:find("hash_key is not set", 1, true))
    worker.log = nil
    keys.warnOfHashKey({ config({ url = "http://agent" }) })
    assert.is_nil(worker.log)
  end)

  it("never hash users with an empty text, which everybody knows", function()
    local identity = worker.module("features.identity")
    local unresolved = identity.hashUser({ keyConfig = config({}, "") }, "alice")
    assert.equal(identity.hashUser({ keyConfig = config({}) }, "alice"), unresolved)
    local known = worker.module("digest").hmacHex("", "user\nalice"):sub(1, 16)
    assert.not_equal(known, unresolved)
  end)
end)

describe("what is told now and then", function()
  it("tells its end, if there was a beginning", function()
    worker.start()
    worker.log = nil
    local log = worker.module("occasional-log")
    log.logOver("poll", "again")
    assert.is_nil(worker.log)
    log.logOccasionally(ngx.WARN, "poll", "cannot")
    log.logOver("poll", "gets it again")
    assert.truthy(worker.log:find("gets it again", 1, true))
    worker.log = nil
    log.logOccasionally(ngx.WARN, "poll", "cannot")
    assert.truthy(worker.log)
  end)
end)
