local decode = require("kong.plugins.threat-response.payload.decode")
local fold = require("kong.plugins.threat-response.payload.fold")
local fold_shell = require("kong.plugins.threat-response.payload.fold-shell")
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
    { "a\194\160b", "a b" }, { "a\226\128\131b", "a b" }, { "a\225\154\128b", "a b" }, { "a\227\128\128b", "a b" }, { "a\226\128\168b", "a b" },
    { "a\226\128\139b", "ab" }, { "\\u2003", " " }, { "1\227\128\1302", "1.2" }, { "\226\128\153", "\226\128\153" }, { "\226\128", "\226\128" },
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

  local pieces = {
    { "c''at /et''c/pas''swd", "CAT /ETC/PASSWD" }, { ";w\\ho\\am\\i X", ";WHOAMI x" }, { "wh$@oa$*mi", "WHOAMI" }, { "who$1ami", "WHOAMI" },
    { ";\"w\"h\"o\"a\"m\"i", ";WHOAMI" }, { "ca$()t${IFS}/etc/pa``sswd", "CAT /ETC/PASSWD" }, { "A W^H^O^ami", "a WHOAMI" }, { "i\"\"d$IFS", "ID " },
    { "cat /et''c/hosts", "cat /ETC/HOSTS" },
  }
  for _, case in ipairs(pieces) do
    it("reads " .. case[1] .. " as a shell does", function()
      decoded(case[1])
      assert.equal(case[2], fold_shell.foldShell(0, #case[1]))
    end)
  end

  it("has no reading of a shell for words that are whole", function()
    for _, text in ipairs({ "", "cat /etc/passwd", "it is", "say \"yes\" and 'no'", "2 ^ 3", "costs $5", "\\", "$", "a $" }) do
      decoded(text)
      assert.is_nil(fold_shell.foldShell(0, #text))
    end
  end)
end)
