local lists = require("kong.plugins.threat-response.lists")
local worker = require("worker")
local parse_address = require("kong.plugins.threat-response.address").parseAddress

local function compile(parts)
  return lists.compileList({
    cidrs = parts.cidrs or {},
    methods = parts.methods or {},
    paths = parts.paths or {},
    user_agents = parts.user_agents or {},
  })
end

local function match(parts, request)
  local bytes = request.ip and parse_address(request.ip)
  return lists.matchList(compile(parts), bytes, request.method or "GET", request.path or "/", request.user_agent)
end

describe("lists", function()
  it("cost nothing when they are empty", function()
    assert.is_nil(compile({}))
  end)

  it("say which part matched", function()
    assert.equal("cidr", match({ cidrs = { "192.0.2.0/24" } }, { ip = "192.0.2.9" }))
    assert.equal("method", match({ methods = { "TRACE" } }, { method = "TRACE" }))
    assert.equal("path", match({ paths = { "/health" } }, { path = "/health/live" }))
    assert.equal("user_agent", match({ user_agents = { "SQLmap" } }, { user_agent = "x sqlMAP/1.7" }))
  end)

  it("match on any one part and on nothing else", function()
    local parts = { cidrs = { "192.0.2.0/24" }, methods = { "TRACE" }, paths = { "/health" }, user_agents = { "sqlmap" } }
    assert.equal("path", match(parts, { ip = "203.0.113.1", path = "/healthz", user_agent = "curl" }))
    assert.is_nil(match(parts, { ip = "203.0.113.1", path = "/a/health", user_agent = "curl" }))
    assert.is_nil(match(parts, { path = "/" }))
  end)

  it("take what an entry says as plain text", function()
    assert.is_nil(match({ paths = { "/a.c" } }, { path = "/abc" }))
    assert.is_nil(match({ user_agents = { "a.*b" } }, { user_agent = "axxb" }))
  end)
end)

describe("a path on a list", function()
  local function verdict_of(list, path)
    worker.start({ uri = path, request_method = "GET" })
    local instance = worker.instance()
    instance[list] = worker.module("lists").compileList({ cidrs = {}, methods = {}, paths = { "/a" }, user_agents = {} })
    local source = { key = "abcd", binary = "abcd", ip = "97.98.99.100", isExempt = true }
    local ruling = worker.module("admission").admit(instance, { source = source, requests = 0 })
    return ruling and ruling.verdict
  end

  it("is allowed only where every service reads it so", function()
    assert.equal("allow", verdict_of("allow", "/a/b"))
    assert.equal("allow", verdict_of("allow", "/a;x=1/b"))
    assert.is_nil(verdict_of("allow", "/a/..;/b"))
    assert.is_nil(verdict_of("allow", "/b/..;/a"))
    assert.is_nil(verdict_of("allow", "/a\\..\\b"))
  end)

  it("is denied where one may read it so", function()
    assert.equal("block", verdict_of("deny", "/a/b"))
    assert.equal("block", verdict_of("deny", "/a/..;/b"))
    assert.equal("block", verdict_of("deny", "/b/..;/a"))
    assert.is_nil(verdict_of("deny", "/b/..;/c"))
  end)
end)
