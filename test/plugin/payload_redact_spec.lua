local redact = require("kong.plugins.threat-response.redact")

describe("redactText", function()
  it("never returns more than it was asked for, nor half an escape", function()
    for max = 0, 40 do
      local text = redact.redactText(("\1x"):rep(30), max)
      assert.is_true(#text <= max)
      assert.is_nil(text:find("\\x?%x?$"))
    end
  end)

  it("does not show a secret that its limit cuts in half", function()
    local text = redact.redactText("see ghp_" .. ("aB3dE5fG7"):rep(4), 14)
    assert.equal("see [redacted]", text)
  end)

  it("takes any bytes", function()
    math.randomseed(7)
    for _ = 1, 3000 do
      local bytes = {}
      for i = 1, math.random(0, 60) do bytes[i] = string.char(math.random(0, 255)) end
      local text = redact.redactText(table.concat(bytes), 100)
      assert.is_nil(text:find("[^ -~]"))
    end
  end)
end)

describe("redactPath", function()
  it("drops the query and masks what stands in the path", function()
    assert.equal("/reset/[redacted]/x", redact.redactPath("/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln/x?token=1"))
    assert.equal("/users/[redacted]/orders", redact.redactPath("/users/ann%40example.com/orders"))
    assert.equal("/plain/path", redact.redactPath("/plain/path#part"))
  end)
end)
