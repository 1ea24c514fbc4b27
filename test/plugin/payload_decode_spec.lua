local decode = require("kong.plugins.threat-response.payload.decode")
local fold = require("kong.plugins.threat-response.payload.fold")
local ffi = require("ffi")

local function decoded(text, encoding)
  local length = decode.decodeValue(ffi.cast("const uint8_t *", text), 0, #text, encoding or "none")
  return ffi.string(decode.decoded, length)
end

local function folded(text)
  decoded(text)
  return fold.foldText(0, #text)
end

describe("decoding", function()
  local cases = {
    { "%27", "'" }, { "%2527", "'" }, { "%25%32%37", "'" }, { "%u0027", "'" }, { "%uff07", "'" }, { "\\x27", "'" }, { "\\u0027", "'" },
    { "\\u{27}", "'" }, { "&#39;", "'" }, { "&#x27;", "'" }, { "&#x000027", "'" }, { "&lt;a&gt;", "<a>" }, { "&LT;", "<" },
    { "\192\175", "/" }, { "\239\188\135", "'" }, { "\\u200bx", "x" }, { "a+b", "a+b" }, { "100%", "100%" }, { "%", "%" }, { "%2", "%2" },
    { "%zz", "%zz" }, { "&", "&" }, { "&#", "&#" }, { "&#;", "&#;" }, { "&nope;", "&nope;" }, { "\\", "\\" }, { "\\u", "\\u" }, { "\\u{}", "\\u{}" },
    { "caf\195\169", "caf\195\169" }, { "\230\151\165", "\230\151\165" }, { "", "" },
  }
  for _, case in ipairs(cases) do
    it("reads " .. case[1] .. " as " .. case[2], function() assert.equal(case[2], decoded(case[1])) end)
  end

  it("reads plus signs of forms and escapes of JSON", function()
    assert.equal("a b c", decoded("a+b%20c", "form"))
    assert.equal("a\"b\nc/d\\e'", decoded('a\\"b\\nc\\/d\\\\e\\u0027', "json"))
  end)

  it("stops after a few layers", function()
    local text = "%27"
    for _ = 1, 10 do text = text:gsub("%%", "%%25") end
    assert.not_equal("'", decoded(text))
  end)
end)

describe("folding", function()
  it("reads text as a SQL parser does", function()
    assert.equal("1 union select 2", folded("1/*x*/UNION \t\n/**/ SELECT\1602"))
    assert.equal("1 union select 2", folded("1 /*!50000UNION*/ SELECT 2"))
    assert.equal("a/*b", folded("a/*b"))
    assert.equal("", folded(""))
  end)
end)
