local worker = require("worker")

-- Rules of the configuration. What PCRE makes of patterns is tried on a gateway.
describe("rules of the configuration", function()
  local detect, tried

  local function rule(changes)
    local made = { id = "r", on = "path", literals = { "/Legacy/" }, methods = {}, action = "block", score = 80 }
    for name, value in pairs(changes) do made[name] = value end
    return made
  end

  local function find(rules, facts)
    facts.source, facts.method, facts.headers = { ip = "192.0.2.1" }, facts.method or "GET", facts.headers or {}
    facts.path = facts.path or "/"
    local instance = worker.instance({ rules = rules })
    return detect(instance.rules, facts)
  end

  before_each(function()
    worker.start()
    tried = {}
    ngx.re = {
      find = function(subject, pattern)
        table.insert(tried, subject)
        return (subject:find(pattern))
      end,
    }
    kong.log = { err = function() end }
    detect = worker.module("detectors.custom-rules").detectCustom
  end)

  it("find a literal in their part, encoded or not, in any case", function()
    for _, path in ipairs({ "/legacy/x", "/LEGACY/x", "/%6cegacy/x", "/a/legacy%2fx" }) do
      local finding = find({ rule({}) }, { path = path })
      assert.same({ "rules", "r", "block", 80, "path" }, { finding.detector, finding.rule, finding.action, finding.score, finding.field })
    end
    assert.is_nil(find({ rule({}) }, { path = "/legacies", query = "/legacy/" }))
  end)

  it("find a literal in a path however it is written", function()
    local own = rule({ literals = { "/legacy/list" } })
    for _, path in ipairs({ "/legacy//list", "/legacy/./list", "/legacy;v=1/list", "/legacy/x/../list", "/legacy/%2e/list", "/legacy\\list" }) do
      assert.equal("r", (find({ own }, { path = path }) or {}).rule, path)
    end
    assert.is_nil(find({ own }, { path = "/legacy/x/list" }))
  end)

  it("are about query, agent, header and body too", function()
    local cases = {
      query = { query = "a=1&next=%2flegacy%2f" },
      agent = { userAgent = "thing /legacy/ 1" },
      body = { body = "say /legacy/ again" },
    }
    for on, facts in pairs(cases) do
      assert.equal("r", find({ rule({ on = on }) }, facts).rule, on)
      assert.equal("r", find({ rule({ on = "any" }) }, facts).rule, on)
    end
    local header = find({ rule({ on = "header", header = "X-From" }) }, { headers = { ["x-from"] = { "a", "/legacy/" } } })
    assert.equal("header:x-from", header.field)
    assert.is_nil(find({ rule({ on = "header", header = "X-From" }) }, { path = "/legacy/" }))
  end)

  it("keep to their methods", function()
    assert.is_nil(find({ rule({ methods = { "POST", "PUT" } }) }, { path = "/legacy/" }))
    assert.is_not_nil(find({ rule({ methods = { "POST", "PUT" } }) }, { path = "/legacy/", method = "PUT" }))
  end)

  it("try a pattern only where a literal was met", function()
    local rules = { rule({ pattern = "legacy/%d+" }) }
    assert.is_nil(find(rules, { path = "/orders/17" }))
    assert.equal(0, #tried)
    assert.is_nil(find(rules, { path = "/legacy/x" }))
    assert.is_not_nil(find(rules, { path = "/legacy/17" }))
    assert.is_not_nil(find({ rule({ literals = {}, pattern = "^/o%d" }) }, { path = "/o7" }))
  end)

  it("let the highest score speak, and hide cookies", function()
    local rules = { rule({ id = "low", score = 50 }), rule({ id = "high", score = 90 }), rule({ id = "cookie", on = "any", literals = { "abc" } }) }
    assert.equal("high", find(rules, { path = "/legacy/" }).rule)
    assert.equal("[redacted]", find(rules, { cookie = "s=abc" }).window)
  end)

  it("do not break the plugin when one is not as the schema wants it", function()
    local instance = worker.instance({ rules = { { id = "broken" } } })
    assert.is_nil(instance.rules)
    assert.is_nil(worker.instance().rules)
  end)
end)

describe("the schema of rules", function()
  local rules, check_pattern

  local function field(record, name)
    for _, entry in ipairs(record.fields) do
      if entry[name] then return entry[name] end
    end
  end

  setup(function()
    worker.start()
    ngx.re = { find = function(_, pattern) if pattern == "(" then return nil, nil, "missing closing parenthesis" end end }
    local schema = dofile("lua-dist/kong/plugins/threat-response/schema.lua")
    rules = field(field(schema, "config"), "rules")
    check_pattern = field(rules.elements, "pattern").custom_validator
  end)

  it("is bounded", function()
    assert.equal(100, rules.len_max)
    assert.equal(512, field(rules.elements, "pattern").len_max)
  end)

  it("refuses patterns that can take for ever, and takes those that cannot", function()
    for _, pattern in ipairs({ "(a+)+", "(a*)*b", "((ab)+c)*", "(?:x|y+){2,}", "([a-z]+)*$", "(a+){1,50}", "(.*,)+" }) do
      assert.is_nil((check_pattern(pattern)), pattern)
    end
    for _, pattern in ipairs({ "a+b*", "(abc)+", "(a+)?", "(a+){2}", "[(a+)+]+", "\\(a+\\)+", "(a++)+", "^/v[0-9]+/(x|y)", "(?:a{1,3})+" }) do
      assert.is_true((check_pattern(pattern)), pattern)
    end
  end)

  it("says what PCRE says of a pattern that does not compile", function()
    local ok, problem = check_pattern("(")
    assert.is_nil(ok)
    assert.matches("missing closing", problem)
  end)

  it("wants something to look for, and a name for a header", function()
    local check = rules.elements.custom_validator
    assert.is_true((check({ on = "path", literals = { "abc" } })))
    assert.is_true((check({ on = "path", literals = {}, pattern = "abc" })))
    assert.is_nil((check({ on = "path", literals = {} })))
    assert.is_nil((check({ on = "header", literals = { "abc" } })))
  end)
end)
