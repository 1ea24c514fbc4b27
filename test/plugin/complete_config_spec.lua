local worker = require("worker")

describe("an instance on a route", function()
  local module, main

  before_each(function()
    worker.start()
    module = worker.module("complete-config")
    main = { gateway = "default", agent = { url = "http://agent" }, hash_key = "key of the node" }
  end)

  it("reports to the node's agent where it names none, and Kong's own table stays as it is", function()
    local own = { gateway = "default", mode = "monitor", agent = { max_queue = 1 } }
    local whole = module.completeConfig(own, main)
    assert.equal(main.agent, whole.agent)
    assert.equal("monitor", whole.mode)
    own.mode = "enforce"
    assert.equal("enforce", whole.mode)
    assert.same({ gateway = "default", mode = "enforce", agent = { max_queue = 1 } }, own)
  end)

  it("keeps its own agent, and has none where the node has none or is of another gateway", function()
    local own = { gateway = "default", agent = { url = "http://other" } }
    assert.equal(own, module.completeConfig(own, main))
    assert.equal(main, module.completeConfig(main, main))
    local other = { gateway = "other", agent = {} }
    assert.equal(other, module.completeConfig(other, main))
    assert.equal(other, module.completeConfig(other, nil))
  end)

  it("hashes with the node's key where it has none, also when Kong finds that one later", function()
    local own = { gateway = "default", agent = {} }
    local instance = { keyConfig = module.keyConfigOf(own, main) }
    local identity = worker.module("features.identity")
    assert.equal("key of the node", identity.keyOf(instance))
    main.hash_key = "another"
    assert.equal("another", identity.keyOf(instance))
    own.hash_key = "own"
    assert.equal(own, module.keyConfigOf(own, main))
    own.hash_key = ""
    assert.equal(main, module.keyConfigOf(own, main))
    assert.equal(own, module.keyConfigOf(own, nil))
  end)
end)
