local worker = require("worker")

describe("a load balancer that Kong was not told of", function()
  local address, variables

  --- What a worker that starts anew says about one request from there.
  local function said(request)
    for name, value in pairs(request) do variables[name] = value end
    worker.module("features.source").readSource(request.instance or {})
    return worker.log
  end

  before_each(function()
    worker.log, variables = nil, {}
    worker.start(variables)
    address = worker.module("address")
  end)

  local function from(text, forwarded)
    return {
      remote_addr = text,
      realip_remote_addr = text,
      binary_remote_addr = address.parseAddress(text),
      http_x_forwarded_for = forwarded,
    }
  end

  for _, private in ipairs({ "10.1.2.3", "172.16.0.1", "172.31.0.1", "192.168.7.7", "100.64.0.9", "fd00::7" }) do
    it("is told of with what to do about it: " .. private, function()
      local text = said(from(private, "203.0.113.7"))
      assert.matches(private, text, 1, true)
      assert.matches("KONG_TRUSTED_IPS", text, 1, true)
    end)
  end

  it("is found although its health checks come first, and told of once", function()
    for _ = 1, 50 do assert.is_nil(said(from("10.1.2.3"))) end
    assert.is_string(said(from("10.1.2.3", "203.0.113.7")))
    worker.log = nil
    worker.now = worker.now + 3600
    assert.is_nil(said(from("10.1.2.4", "203.0.113.7")))
  end)

  for _, public in ipairs({ "203.0.113.9", "172.32.0.1", "100.128.0.1", "2001:db8::1", "127.0.0.1" }) do
    it("is none where anybody may send the header: " .. public, function()
      assert.is_nil(said(from(public, "203.0.113.7")))
    end)
  end

  it("is none where nginx took the client's address from the header", function()
    local request = from("10.1.2.3", "10.1.2.3")
    request.realip_remote_addr = "10.0.0.1"
    assert.is_nil(said(request))
  end)
end)
