local automaton = require("kong.plugins.threat-response.payload.automaton")
local classes = require("kong.plugins.threat-response.payload.byte-classes")
local sift = require("kong.plugins.threat-response.payload.sift")
local ffi = require("ffi")

local function holds(literals, text, encoding)
  local built = automaton.buildAutomaton({ literals })
  return sift.holdsLiteral(built, encoding or classes.PLAIN, ffi.cast("const uint8_t *", text), 0, #text)
end

describe("the automaton", function()
  it("finds literals anywhere, also those that begin inside another", function()
    local literals = { "hers", "she", "he", "abcd", "bcx" }
    for text, expected in pairs({
      ["ushers"] = true, ["xxabcdxx"] = true, ["abcx"] = true, ["abc"] = false, ["hrs"] = false, [""] = false, ["sh"] = false,
    }) do
      assert.equal(expected, holds(literals, text), text)
    end
  end)

  it("agrees with a plain search on random texts", function()
    math.randomseed(11)
    local function word(length)
      local letters = {}
      for i = 1, length do letters[i] = ("ab'"):sub(math.random(3)):sub(1, 1) end
      return table.concat(letters)
    end
    for _ = 1, 2000 do
      local literals = { word(math.random(1, 5)), word(math.random(2, 6)), word(math.random(3, 7)) }
      local text = word(math.random(0, 25))
      local expected = false
      for _, literal in ipairs(literals) do expected = expected or text:find(literal, 1, true) ~= nil end
      assert.equal(expected, holds(literals, text), table.concat(literals, ",") .. " in " .. text)
    end
  end)

  it("goes on behind a literal, and tells who gave each that occurs", function()
    local index = require("kong.plugins.threat-response.known.literal-index")
    math.randomseed(12)
    local function word(length)
      local letters = {}
      for i = 1, length do letters[i] = ("ab "):sub(math.random(3)):sub(1, 1) end
      return (table.concat(letters):gsub(" +", " "))
    end
    for _ = 1, 2000 do
      local given = { { word(math.random(1, 3)) }, { word(math.random(2, 4)), word(5) }, { word(math.random(3, 6)) } }
      local text = word(math.random(0, 25))
      local built = index.buildIndex(given)
      index.beginCollecting()
      local found = {}
      for i = 1, index.collect(built, text, 0) do found[index.collected[i]] = true end
      for owner, literals in ipairs(given) do
        local expected = nil
        for _, literal in ipairs(literals) do expected = text:find(literal, 1, true) and true or expected end
        assert.equal(expected, found[owner - 1], table.concat(literals, ",") .. " in '" .. text .. "'")
      end
    end
  end)

  it("folds letters, and takes runs of white space for one space", function()
    assert.is_true(holds({ "' or" }, "x'\t\n  OR 1"))
    assert.is_true(holds({ "a b c" }, "A  B\r\nC"))
    assert.is_false(holds({ "' or" }, "x'or"))
  end)

  it("reads one layer of the encoding on the wire", function()
    assert.is_true(holds({ "<script" }, "%3CsCript", classes.ENCODED))
    assert.is_true(holds({ "' or" }, "%27+or", classes.FORM))
    assert.is_false(holds({ "' or" }, "%27+or", classes.ENCODED))
    assert.is_true(holds({ "' or" }, "\\u0027\\nor", classes.JSON_TEXT))
    assert.is_true(holds({ "<s" }, "%3", classes.ENCODED) == false)
    assert.is_false(holds({ "<s" }, "%3gs", classes.ENCODED))
    assert.is_true(holds({ "%3g" }, "%3g", classes.ENCODED))
  end)
end)

describe("clean values", function()
  it("are letters, digits, hyphens, and single dots and underscores", function()
    for text, expected in pairs({
      ["abc-123_x.y"] = true, [""] = true, ["a..b"] = false, ["a.b.c"] = false, ["__proto__"] = false, ["a b"] = false, ["a%20"] = false, ["\255"] = false,
    }) do
      assert.equal(expected, sift.isClean(ffi.cast("const uint8_t *", text), 0, #text), text)
    end
  end)
end)
