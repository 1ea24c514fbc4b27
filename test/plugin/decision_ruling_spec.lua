local worker = require("worker")

describe("a decision of the agent", function()
  local apply
  local source = { ip = "192.0.2.1", key = "\192\0\2\1" }

  before_each(function()
    worker.start()
    apply = worker.module("apply-decision")
  end)

  local function decision(changes)
    local made = { action = "block", id = "d1", rps = 1 }
    for key, value in pairs(changes or {}) do made[key] = value end
    return made
  end

  it("to block blocks", function()
    local ruling = apply.ruleDecision(source, decision())
    assert.same({ "block", "decision", "d1" }, { ruling.verdict, ruling.by, ruling.decision })
  end)

  for _, case in ipairs({
    { "lets as many pass each second as it says", 5, 1, 20, 5 },
    { "counts each second anew", 5, 3, 20, 15 },
    { "may be slower than one a second", 0.5, 4, 10, 2 },
  }) do
    it("to throttle " .. case[1], function()
      local passed = 0
      for _ = 1, case[3] do
        for _ = 1, case[4] do
          if not apply.ruleDecision(source, decision({ action = "throttle", rps = case[2] })) then passed = passed + 1 end
        end
        worker.now = worker.now + 1.001
      end
      assert.equal(case[5], passed)
    end)
  end

  it("to throttle counts each address for itself", function()
    local throttle = decision({ action = "throttle", rps = 1 })
    assert.is_nil(apply.ruleDecision(source, throttle))
    assert.is_nil(apply.ruleDecision({ ip = "192.0.2.2", key = "other" }, throttle))
    assert.is_table(apply.ruleDecision(source, throttle))
  end)

  local stranger = { user = "eve", kind = "path", realm = "/login", proof = "/login" }
  for _, case in ipairs({
    { "for a route stops there", { route = "r" }, { route = { id = "r" } }, true },
    { "for a route stops nowhere else", { route = "r" }, { route = { id = "s" } }, false },
    { "for a route stops nothing without a route", { route = "r" }, {}, false },
    { "for logins stops a stranger's login", { scope = "login" }, { login = stranger }, true },
    { "for logins stops nothing else", { scope = "login" }, {}, false },
    { "for all was judged before", {}, { login = stranger }, false },
    { "to allow was judged before", { action = "allow", route = "r" }, { route = { id = "r" } }, false },
  }) do
    it(case[1], function()
      local facts = { source = source, route = case[3].route, login = case[3].login }
      assert.equal(case[4], apply.ruleNarrowDecision(facts, decision(case[2])) ~= nil)
    end)
  end

  it("for logins lets users pass who succeeded from there before", function()
    local facts = { source = source, login = stranger }
    worker.module("login-history").addSuccess(worker.instance(), source, stranger, "r", false)
    assert.is_nil(apply.ruleNarrowDecision(facts, decision({ scope = "login" })))
  end)
end)
