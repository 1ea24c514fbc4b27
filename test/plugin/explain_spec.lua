local worker = require("worker")

describe("a request's line in the log", function()
  local line_of

  local function outcome(changes)
    local made = { findings = {}, isStopped = false }
    for name, value in pairs(changes or {}) do made[name] = value end
    return made
  end

  local function finding(changes)
    local made = { detector = "payload", category = "payload_injection", class = "sqli", score = 80, field = "query:q", window = "w", reason = "r" }
    for name, value in pairs(changes or {}) do made[name] = value end
    return made
  end

  local function ruling(verdict, found)
    return { verdict = verdict, by = "detector", reason = "r", score = found and found.score or 0, finding = found }
  end

  before_each(function()
    worker.start()
    line_of = worker.module("explain").lineOf
  end)

  it("is not there without a verdict or a finding", function()
    assert.is_nil(line_of(outcome(), true))
    assert.is_nil(line_of(outcome({ ruling = ruling("allow") }), true))
  end)

  it("says what was done, and in monitor mode what would have been", function()
    local found = finding()
    local stopped = line_of(outcome({ ruling = ruling("block", found), findings = { found }, isStopped = true }), true)
    assert.same({ "block", true, nil }, { stopped.verdict, stopped.enforced, stopped.would })
    local watched = line_of(outcome({ ruling = ruling("block", found), findings = { found } }), false)
    assert.same({ "block", false, "block" }, { watched.verdict, watched.enforced, watched.would })
    local flagged = line_of(outcome({ ruling = ruling("flag", found), findings = { found } }), true)
    assert.same({ "flag", true, nil }, { flagged.verdict, flagged.enforced, flagged.would })
  end)

  it("tells the strongest finding where none earned a verdict", function()
    local line = line_of(outcome({ findings = { finding({ score = 20 }), finding({ score = 30, rule = "x" }) } }), true)
    assert.same({ "allow", 30, "x" }, { line.verdict, line.score, line.rule })
    assert.equal(2, #line.findings)
  end)

  it("names no table twice, as Kong demands, and five findings at most", function()
    local many = {}
    for i = 1, 8 do many[i] = finding({ score = i }) end
    many[9] = many[8]
    local line = line_of(outcome({ ruling = ruling("block", many[8]), findings = many }), true)
    assert.equal(5, #line.findings)
    local seen = {}
    local function walk(value)
      if type(value) ~= "table" then return end
      assert.is_nil(seen[value])
      seen[value] = true
      for _, member in pairs(value) do walk(member) end
    end
    walk(line)
  end)
end)
