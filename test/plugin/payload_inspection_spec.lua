local ffi = require("ffi")
local worker = require("worker")

-- Taking requests apart, with a judge that only listens: what is judged, what it costs, what is left.
describe("an inspection", function()
  local scan, inspection, judged

  before_each(function()
    worker.start()
    _G.ngx.re = { find = function() end }
    judged = {}
    local evaluate = worker.module("payload.evaluate")
    evaluate.judgeValue = function(bytes, from, to, _, at, field)
      assert.is_true(from >= 0 and to > from)
      table.insert(judged, { text = ffi.string(bytes + from, to - from), at = at, field = field })
    end
    scan = worker.module("payload.scan-request").scanRequest
    inspection = worker.module("payload.inspection")
  end)

  local LIMITS = { max_inspected_bytes = 4096, graphql_max_depth = 5, graphql_max_aliases = 3, graphql_introspection = false }

  local function reason_of(body, type, unread)
    scan({ path = "/", body = body, contentType = type, unread = unread }, LIMITS)
    return inspection.uninspectedReason()
  end

  it("judges whole bytes alone, also where looks have cost parts of one", function()
    inspection.beginInspection(LIMITS)
    assert.is_true(inspection.spendLook(10.25))
    assert.equal(4096 - 11 - 64, inspection.spend(5000))
  end)

  local JSON = "application/json"
  local cases = {
    { nil, '{"a":[1,-2.5e3,true,false,null,"x"]}', JSON },
    { nil, '\239\187\191{"a":1}\n{"b":2}\n', "application/x-ndjson" },
    { nil, '"text"', JSON },
    { nil, "<a>b</a>", "text/xml" },
    { nil, "a=b&c=d", "application/x-www-form-urlencoded; charset=UTF-8" },
    { nil, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--", "multipart/form-data; boundary=b" },
    { nil, "caf\233", "text/plain; charset=iso-8859-1" },
    { "malformed", '{"a":1', JSON },
    { "malformed", '{"a":"b', JSON },
    { "malformed", '{"a":bad}', JSON },
    { "malformed", "<a", "text/xml" },
    { "malformed", "nothing", "multipart/form-data; boundary=b" },
    { "mistyped", "a=b", JSON },
    { "mistyped", "a=b", "application/xml" },
    { "charset", "a=b", "text/plain; charset=ibm037" },
    { "charset", "+ADw-", "text/plain; charset=utf-7" },
    { "over_budget", '["' .. ("<a' "):rep(2000) .. '"]', JSON },
    { "compressed", nil, nil, "compressed" },
    { "beyond_limit", "a=b", "application/x-www-form-urlencoded", "beyond_limit" },
  }
  for _, case in ipairs(cases) do
    it("of " .. tostring(case[2]):sub(1, 20) .. " as " .. tostring(case[3]) .. " is incomplete for: " .. tostring(case[1]), function()
      assert.equal(case[1], reason_of(case[2], case[3], case[4]))
    end)
  end

  it("judges the beginning of a text that is longer than the budget pays for", function()
    assert.equal("over_budget", reason_of("x' or 1=1 " .. ("word "):rep(20000), "text/plain"))
    assert.equal(1, #judged)
    assert.equal("x' or 1=1 word", judged[1].text:sub(1, 14))
    assert.is_true(#judged[1].text < LIMITS.max_inspected_bytes)
  end)

  for type, body in pairs({
    [JSON] = '["' .. ("<a' "):rep(500) .. '"' .. (',"<b\' "'):rep(2000) .. "]",
    ["application/x-www-form-urlencoded"] = "a=" .. ("<a' "):rep(500) .. ("&b=<b' "):rep(2000),
    ["application/xml"] = "<a>" .. ("' or "):rep(500) .. ("<b c='<x'>' or</b>"):rep(2000) .. "</a>",
    ["multipart/form-data; boundary=b"] = ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n<b' or\r\n"):rep(900) .. "--b--",
  }) do
    it("ends with its budget, in " .. type, function()
      assert.equal("over_budget", reason_of(body, type))
      local before = #judged
      assert.is_true(before > 0 and before <= LIMITS.max_inspected_bytes / 64)
      assert.is_true(inspection.spent() <= LIMITS.max_inspected_bytes)
      assert.is_true(inspection.isSpent())
    end)
  end

  it("is counted once for each request, by the first reason", function()
    reason_of('{"a":', JSON, "beyond_limit")
    reason_of("{", JSON)
    reason_of("{", JSON)
    assert.same({ beyond_limit = 1, malformed = 2 }, worker.module("node-health").describeHealth(0, 0, 0).uninspected)
  end)

  local function graphql(query)
    return scan({ path = "/graphql", body = '{"query":"' .. query .. '"}', contentType = JSON }, LIMITS)
  end

  it("finds GraphQL that is too deep, too wide, or asks for the schema", function()
    assert.is_nil(graphql("{a{b{c{d{e}}}}}"))
    assert.equal("graphql", graphql("{a{b{c{d{e{f}}}}}}").class)
    assert.is_nil(graphql("{a:x b:x c:x}"))
    assert.equal("graphql", graphql("{a:x b:x c:x d:x}").class)
    assert.is_nil(graphql("{x(a:1,b:2,c:3,d:{e:4})}"))
    assert.is_nil(graphql("{x{id name} y{id name} z{id name} u{id name} v{id name}}"))
    assert.equal("graphql", graphql("{x{id id id id id}}").class)
    assert.is_nil(graphql("{x @a @b @c y @a @b @c z @a @b @c}"))
    assert.equal("graphql", graphql("{x @a @a @a @a @a @a @a @a}").class)
    assert.is_nil(scan({ path = "/", contentType = JSON, body = '[{"query":"{a}"},{"query":"{b}"}]' }, LIMITS))
    local batch = ('{"query":"{a}"},'):rep(5) .. '{"query":"{a}"}'
    assert.equal("graphql", scan({ path = "/", contentType = JSON, body = "[" .. batch .. "]" }, LIMITS).class)
    assert.equal("graphql", graphql("{__schema{types{name}}}").class)
    assert.is_nil(graphql("{x{__typename}}"))
  end)

  it("judges values of one name together, and names each place", function()
    scan({ path = "/", query = "a=1'='&b=2&a='='2" }, LIMITS)
    local texts = {}
    for _, one in ipairs(judged) do table.insert(texts, one.field .. " " .. one.text) end
    assert.same({ "query:a 1'='", "query:a '='2", "query:a 1'=','='2" }, texts)
  end)

  it("does not take what it has not judged to the end for clean", function()
    local cookie = "c=" .. ("<x "):rep(300)
    for _ = 1, 3 do
      judged = {}
      scan({ path = "/", query = "q=" .. ("<y "):rep(1300), cookie = cookie }, LIMITS)
      assert.equal("over_budget", inspection.uninspectedReason())
    end
    scan({ path = "/", cookie = cookie }, LIMITS)
    assert.equal("cookie:c", judged[#judged].field)
  end)
end)

-- Mutated structure: nothing raises, nothing goes on for ever, nothing costs more than it may.
describe("any bytes", function()
  local PIECES = {
    "{", "}", "[", "]", '"', '\\"', ":", ",", "\\", "\\u00", "%", "%2", "&", "=", ";", "<", ">", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE",
    "--b", "\r\n\r\n", "\r\n", "\0", "\255\254", "\239\187\191", "'", "query", '"query":"{a', "...", "#", '"""', "name=", "eyJhIjoi", "PHNjcmlwdD4x",
    "http://a/?b=", "union select ", "\192\175", "constructor", "$ne", "__proto__",
  }
  local TYPES = {
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", 'multipart/mixed; boundary="b"; boundary=a',
    "text/xml", "text/plain", "application/graphql", "application/json; charset=utf-16", "image/png", "",
  }
  local SEEDS = {
    '{"query":"query Q { a(b: \\"c\\") { d } }","variables":{"e":["f",1.5,null]}}', "a=1&b=%27x%27&a=2&c=eyJhIjoiYicifQ%3D%3D",
    '<?xml version="1.0"?><a b="c"><![CDATA[d]]>e &lt; f</a>', "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx'y\r\n--b--\r\n",
    '{"a":"{\\"b\\":[\\"c\\"]}"}\n{"d":"http://e/?f=g%27"}',
  }

  local state = 20261122
  local function below(limit)
    state = (state * 1103515245 + 12345) % 2147483648
    return math.floor(state / 65536) % limit
  end

  local function mutate(text)
    for _ = 1, below(6) do
      local at, cut = below(#text + 1), below(8)
      local piece = below(4) == 0 and string.char(below(256)) or PIECES[below(#PIECES) + 1]
      text = text:sub(1, at) .. piece:rep(below(12) == 0 and 500 or 1) .. text:sub(at + 1 + cut)
    end
    return text
  end

  it("are taken apart within the budget", function()
    worker.start()
    _G.ngx.re = { find = function() end }
    local evaluate = worker.module("payload.evaluate")
    local bytes_judged, calls = 0, 0
    local judge = evaluate.judgeValue
    evaluate.judgeValue = function(bytes, from, to, ...)
      bytes_judged, calls = bytes_judged + to - from, calls + 1
      assert(from >= 0 and to > from)
      return judge(bytes, from, to, ...)
    end
    local scan = worker.module("payload.scan-request").scanRequest
    local inspection = worker.module("payload.inspection")
    local limits = { max_inspected_bytes = 2048, graphql_max_depth = 9, graphql_max_aliases = 9, graphql_introspection = true }
    for round = 1, 4000 do
      bytes_judged, calls = 0, 0
      local body = mutate(SEEDS[below(#SEEDS) + 1])
      scan({
        path = mutate("/a;b=c/d"),
        query = mutate(SEEDS[2]),
        cookie = mutate("a=b; c=d"),
        referer = mutate("https://a/?b=c"),
        headers = { ["x-any"] = { mutate("value"), mutate("other") } },
        contentType = TYPES[below(#TYPES) + 1],
        body = body,
      }, limits)
      local what = "round " .. round .. ": " .. body:sub(1, 200)
      assert.is_true(inspection.spent() <= limits.max_inspected_bytes, what)
      assert.is_true(bytes_judged + 64 * calls <= limits.max_inspected_bytes, what)
    end
  end)

  it("that hold a literal are noticed by the first look", function()
    worker.start()
    local look = worker.module("payload.first-look").mayHoldLiteral
    local rules = worker.module("payload.rules.index").RULES
    for _, rule in ipairs(rules) do
      for _, literal in ipairs(rule.at == worker.module("payload.rule").AT_AGENT and {} or rule.literals) do
        local text = string.char(97 + below(26)):rep(below(4)) .. literal .. ("z 1,"):rep(below(3))
        if not literal:find("^%d+$") then
          assert.is_true(look(ffi.cast("const uint8_t *", text), 0, #text), text)
        end
      end
    end
  end)
end)
