local worker = require("worker")

describe("verdict", function()
  local verdict
  local thresholds = { flag = 40, block = 70 }

  setup(function()
    worker.start()
    verdict = worker.module("verdict")
  end)

  local function finding(score, action, category)
    return { score = score, action = action, category = category or "payload_injection", reason = "because" }
  end

  for _, case in ipairs({
    { "lets a request pass below the flag threshold", 39, "block", nil },
    { "flags from the flag threshold on", 40, "block", "flag" },
    { "flags just below the block threshold", 69, "throttle", "flag" },
    { "does what the finding asks for from the block threshold on", 70, "block", "block" },
    { "never does more than the finding asks for", 100, "flag", "flag" },
    { "throttles where the finding asks for it", 90, "throttle", "throttle" },
  }) do
    it(case[1], function()
      local ruling = verdict.ruleFinding(finding(case[2], case[3]), thresholds, 7)
      assert.equal(case[4], ruling and ruling.verdict)
    end)
  end

  it("explains itself", function()
    local ruling = verdict.ruleFinding(finding(80, "block"), thresholds, 7)
    assert.equal("because", ruling.reason)
    assert.equal(80, ruling.score)
    assert.equal(7, ruling.retry_after)
  end)

  local limits = { thresholds = thresholds, login = { window_s = 60 }, flood = { window_s = 10 } }

  it("takes the strongest of several findings, whatever their order and scores", function()
    local findings = { finding(95, "throttle"), finding(71, "block"), finding(50, "block") }
    assert.equal("block", verdict.ruleFindings(findings, limits).verdict)
  end)

  it("sends a throttled login away for the login window, others for the flood window", function()
    local login = verdict.ruleFindings({ finding(90, "throttle", "credential_stuffing") }, limits)
    local flood = verdict.ruleFindings({ finding(90, "throttle", "api_ddos") }, limits)
    assert.equal(60, login.retry_after)
    assert.equal(10, flood.retry_after)
  end)

  it("is none without findings", function()
    assert.is_nil(verdict.ruleFindings(nil, limits))
    assert.is_nil(verdict.ruleFindings({}, limits))
  end)

  it("stops by throttle and block only", function()
    for name, expected in pairs({ allow = false, flag = false, throttle = true, block = true }) do
      assert.equal(expected, verdict.stops({ verdict = name }))
    end
    assert.is_false(verdict.stops(nil))
  end)
end)

describe("a finding is evidence against its address", function()
  local is_evidence

  setup(function()
    worker.start()
    is_evidence = worker.module("score").isEvidence
  end)

  for _, case in ipairs({
    { "from the block threshold on", { score = 70, action = "block" }, true },
    { "not below it", { score = 69, action = "block" }, false },
    { "not when it only earns a flag", { score = 90, action = "flag" }, false },
    { "not when it is weak", { score = 90, action = "throttle", isWeak = true }, false },
  }) do
    it(case[1], function() assert.equal(case[3], is_evidence(case[2], 70)) end)
  end
end)
