local worker = require("worker")

local ROUTE = "0a1b2c3d-1111-4222-8333-0123456789ab"
local COPY = "0a1b2c3d-1111-4222-8333-0123456789ac"
local VALUE = string.rep("a1", 16)
local HEADER = "X-Threat-Response-Overlay"

-- What the plugin says by its header; that Kong routes by it is tried in test/e2e.
describe("an overlay", function()
  local store, decisions, overlay, instance, headers, trace, sequence

  local function publish(lines)
    sequence = sequence + 1
    local body = string.format("tr-feed 1 default 1700000000 %d %d %d\n", sequence, worker.now, #lines)
    for _, line in ipairs(lines) do body = body .. line .. "\n" end
    local filled = assert(store.takeSpare())
    local report = assert(worker.module("decision-feed").readFeed(filled, { body }, "v1=" .. worker.module("digest").hmacHex("s", body), {
      gateway = "default", secret = "s", now = worker.now, maxDecisions = 1000, known = { epoch = 0, sequence = 0 },
      spared = worker.module("cidr").compileRanges({ "127.0.0.0/8" }),
    }, function() end))
    assert(worker.module("decision-writer").publish(filled, function() end))
    store.release()
    return report
  end

  local function line(id, more, about)
    return string.format("%s %d %s i%s", about or "overlay ip 192.0.2.1", worker.now + 600, id, more)
  end
  local WAY = " route=" .. ROUTE .. " via=" .. COPY .. " to=" .. VALUE

  local function arrive()
    local found = decisions.lookup(instance, { ip = "192.0.2.1", binary = "\192\0\2\1", key = "192.0.2.1" })
    trace = {}
    overlay.noteOverlays(trace)
    return found and found.id
  end

  local function remove(name)
    headers[name:lower()] = nil
  end

  before_each(function()
    worker.start({ remote_addr = "192.0.2.1", binary_remote_addr = "\192\0\2\1", uri = "/orders" })
    worker.collect_records()
    ngx.timer, ngx.sleep, headers, sequence = {}, function() end, {}, 0
    ngx.req = { get_headers = function() return headers end }
    kong.service = { request = {
      add_header = function(name, value) headers[name:lower()] = (headers[name:lower()] or "") .. value end,
      clear_header = remove,
    } }
    store = worker.module("decision-store")
    decisions = worker.module("decisions")
    overlay = worker.module("overlay")
    instance = worker.instance()
    instance.config.agent.url = "http://127.0.0.1:1"
  end)

  for _, case in ipairs({
    { "as it has to be", WAY, true },
    { "for a share of the addresses", WAY .. " share=0.5", true },
    { "without a value", " route=" .. ROUTE .. " via=" .. COPY },
    { "without a copy", " route=" .. ROUTE .. " to=" .. VALUE },
    { "with a short value", " via=" .. COPY .. " to=" .. VALUE:sub(2) },
    { "with a value that is none", " via=" .. COPY .. " to=" .. VALUE:sub(2) .. "g" },
  }) do
    it(case[1] .. (case[3] and " is taken" or " is refused, and no other"), function()
      local report = publish({ line("o", case[2]), line("b", "", "block ip 192.0.2.9") })
      assert.equal(case[3] and 0 or 1, report.refused)
    end)
  end

  it("is no way for a block to be given", function()
    assert.equal(1, publish({ line("b", WAY, "block ip 192.0.2.1") }).refused)
  end)

  it("gives its header to the client it means, and takes it away again", function()
    publish({ line("o", WAY) })
    assert.is_nil(arrive())
    assert.is_nil(overlay.enterOverlays(instance, trace))
    assert.equal(VALUE, headers[HEADER:lower()])
    overlay.leaveOverlays(trace)
    assert.is_nil(headers[HEADER:lower()])
  end)

  it("stands beside another decision about the client, and beside another overlay", function()
    local other = string.rep("b2", 16)
    publish({ line("o", WAY), line("t", " rps=1", "throttle ip 192.0.2.1"), line("p", " via=" .. ROUTE .. " to=" .. other, "overlay ip 192.0.2.0/24") })
    assert.equal("t", arrive())
    overlay.enterOverlays(instance, trace)
    assert.truthy(headers[HEADER:lower()]:find(VALUE, 1, true))
    assert.truthy(headers[HEADER:lower()]:find(other, 1, true))
  end)

  it("does nothing where the instance monitors, and where it only counts", function()
    publish({ line("o", WAY) })
    arrive()
    instance.enforce = false
    overlay.enterOverlays(instance, trace)
    instance.enforce = true
    publish({ line("o", WAY .. " log=1") })
    arrive()
    assert.is_nil(overlay.enterOverlays(instance, trace))
    assert.same({}, headers)
    local facts = { route = { id = ROUTE } }
    overlay.seeThroughOverlay(trace, facts)
    assert.same({ { decision = "o", count = 1 } }, decisions.takeHits())
  end)

  it("ends at its expiry, whatever the agent does", function()
    publish({ line("o", WAY) })
    worker.now = worker.now + 600
    arrive()
    overlay.enterOverlays(instance, trace)
    assert.same({}, headers)
  end)

  it("takes the header from clients, in both spellings", function()
    for _, name in ipairs({ HEADER:lower(), (HEADER:lower():gsub("-", "_")) }) do
      headers = { [name] = VALUE, accept = "*/*" }
      ngx.var.http_x_threat_response_overlay = VALUE
      overlay.clearOverlay()
      assert.same({ accept = "*/*" }, headers)
    end
  end)

  it("stops who hides the header from the router behind many others", function()
    publish({ line("o", WAY) })
    arrive()
    ngx.req.get_headers = function() return {} end
    local ruling = overlay.enterOverlays(instance, trace)
    assert.same({ "block", "o" }, { ruling.verdict, ruling.decision })
  end)

  it("has its requests counted as the original's, and counts them", function()
    publish({ line("o", WAY) })
    arrive()
    local facts = { route = { id = COPY, request_buffering = false } }
    overlay.seeThroughOverlay(trace, facts)
    assert.same({ id = ROUTE, request_buffering = false }, facts.route)
    assert.same({ { decision = "o", count = 1 } }, decisions.takeHits())
    local elsewhere = { route = { id = "another" } }
    overlay.seeThroughOverlay(trace, elsewhere)
    assert.same({ id = "another" }, elsewhere.route)
    assert.is_nil(decisions.takeHits())
  end)
end)
