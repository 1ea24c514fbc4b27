local PATH = "lua-dist/kong/plugins/threat-response/schema.lua"

--- As Konnect evaluates it: no ngx, no require, no kong.
local function load_alone()
  local chunk = assert(loadfile(PATH))
  setfenv(chunk, {
    string = string,
    table = table,
    math = math,
    ipairs = ipairs,
    pairs = pairs,
    type = type,
    tostring = tostring,
    tonumber = tonumber,
  })
  return chunk()
end

local function field(record, name)
  for _, entry in ipairs(record.fields) do
    local found = entry[name]
    if found then
      return found
    end
  end
  error("no field " .. name)
end

local function default_of(definition)
  if definition.type ~= "record" then
    return definition.default
  end
  local value = {}
  for _, entry in ipairs(definition.fields) do
    local name, inner = next(entry)
    value[name] = default_of(inner)
  end
  return value
end

describe("the configuration schema", function()
  local schema, config

  setup(function()
    schema = load_alone()
    config = field(schema, "config")
  end)

  it("needs neither ngx nor any module", function()
    assert.equal("threat-response", schema.name)
    assert.is_not_nil(field(schema, "protocols"))
    assert.is_nil(field(schema, "consumer").eq)
  end)

  it("describes every field", function()
    local function walk(record, path)
      for _, entry in ipairs(record.fields) do
        local name, definition = next(entry)
        assert.is_string(definition.description, path .. name)
        -- Kong refuses the schema, and does not start, with shorter ones.
        assert.is_true(#definition.description >= 10, path .. name)
        if definition.type == "record" then
          walk(definition, path .. name .. ".")
        end
      end
    end
    walk(config, "")
  end)

  it("monitors by default, and its defaults satisfy its own checks", function()
    local defaults = default_of(config)
    assert.equal("monitor", defaults.mode)
    assert.is_true(field(config, "thresholds").custom_validator(defaults.thresholds))
    assert.is_true(field(config, "agent").custom_validator(defaults.agent))
    assert.is_nil(defaults.agent.url)
  end)

  it("keeps every secret referenceable and encrypted", function()
    local agent = field(config, "agent")
    for _, secret in ipairs({ field(agent, "secret"), field(agent, "feed_secret"), field(config, "hash_key") }) do
      assert.is_true(secret.referenceable)
      assert.is_true(secret.encrypted)
      assert.equal(16, secret.len_min)
    end
  end)

  it("agrees with the parser about what a range is", function()
    local check = field(field(config, "allow"), "cidrs").elements.custom_validator
    local parse = require("kong.plugins.threat-response.cidr").parseRange
    local texts = {
      "10.0.0.0/8", "10.0.0.1", "0.0.0.0/0", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3", "01.2.3.4", "256.1.1.1", "::", "::1",
      "::1/128", "::1/129", "2001:db8::/32", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1::2::3", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104",
      "::1.2.3.256", "fe80::1%eth0", "localhost", "", "/8", "x/8", "1.2.3.4/8/8", "g::/8", ":::", "1.2.3.4/1234",
    }
    for _, text in ipairs(texts) do
      assert.equal(parse(text) ~= nil, check(text) == true, text)
    end
  end)

  it("refuses thresholds in the wrong order", function()
    local ok, message = field(config, "thresholds").custom_validator({ flag = 80, block = 70 })
    assert.is_nil(ok)
    assert.matches("at most", message)
  end)

  it("wants key and secrets with a URL, and two different ones", function()
    local check = field(config, "agent").custom_validator
    assert.is_true(check({}))
    local agent = { url = "http://127.0.0.1:1", key_id = "node", secret = ("a"):rep(16), feed_secret = ("b"):rep(16) }
    assert.is_true(check(agent))
    for _, name in ipairs({ "key_id", "secret", "feed_secret" }) do
      local incomplete = {}
      for key, value in pairs(agent) do
        incomplete[key] = key ~= name and value or nil
      end
      local ok, message = check(incomplete)
      assert.is_nil(ok)
      assert.matches(name, message)
    end
    agent.feed_secret = agent.secret
    assert.is_nil((check(agent)))
  end)

  it("takes plain base URLs only", function()
    local check = field(field(config, "agent"), "url").custom_validator
    for _, url in ipairs({ "http://127.0.0.1:8080", "https://agent.example.com", "https://agent.example.com/tr", "http://[::1]:8080/" }) do
      assert.is_true(check(url), url)
    end
    for _, url in ipairs({ "agent:8080", "ftp://agent", "http://", "http://user@agent", "http://agent/?a=b", "http://agent/#x" }) do
      assert.is_nil((check(url)), url)
    end
  end)
end)
