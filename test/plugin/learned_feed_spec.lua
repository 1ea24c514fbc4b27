local worker = require("worker")

describe("the document of what was learned", function()
  local feed, digest
  local SECRET = "a feed secret of the tests"

  before_each(function()
    worker.start()
    feed = worker.module("learning.learned-feed")
    digest = worker.module("digest")
  end)

  local function head(lines, changes)
    local h = { magic = "tr-learned", version = 1, gateway = "default", epoch = 5, sequence = 7, issued = worker.now }
    for name, value in pairs(changes or {}) do h[name] = value end
    local first = ("%s %d %s %d %d %d %d"):format(
      h.magic,
      h.version,
      h.gateway,
      h.epoch,
      h.sequence,
      h.issued,
      h.count or #lines
    )
    return table.concat({ first, unpack(lines) }, "\n") .. "\n"
  end

  local function read(text, signature)
    local expected = { gateway = "default", secret = SECRET, now = worker.now, epoch = 5, sequence = 7 }
    return feed.readLearned(text, signature or "v1=" .. digest.hmacHex(SECRET, text), expected)
  end

  it("is read line by line", function()
    local read_feed = read(head({ "threshold learned r 75", "signature operator r json:note 0a1b2c3d 80" }))
    assert.same({
      { key = "ltr", learned = { by = "learned", score = 75 } },
      { key = "lsr json:note 0a1b2c3d", learned = { by = "operator", score = 80 } },
    }, read_feed.entries)
    assert.same({ 5, 7, 0 }, { read_feed.epoch, read_feed.sequence, read_feed.refused })
  end)

  it("has login paths and baselines, too", function()
    local hours = ("1:1,"):rep(24):sub(1, -2)
    local read_feed = read(head({ "login /gate", "baseline 5 s:shop 600 1 2 " .. hours }))
    assert.same({ "/gate" }, read_feed.logins)
    assert.equal("s:shop", read_feed.baselines[1].learned.name)
    assert.equal(0, read_feed.refused)
  end)

  for _, case in ipairs({
    { "of another magic", { magic = "tr-feed" } },
    { "of another version", { version = 2 } },
    { "for another gateway", { gateway = "other" } },
    { "that goes back", { sequence = 6 } },
    { "of an older epoch", { epoch = 4, sequence = 99 } },
    { "issued long ago", { issued = 1600000000 } },
    { "that is incomplete", { count = 2 } },
    { "that says too little", { count = 0 } },
    { "that is too long", { count = 3051 } },
  }) do
    it(case[1] .. " changes nothing", function()
      assert.is_nil((read(head({ "threshold learned r 75" }, case[2]))))
    end)
  end

  it("that somebody else signed changes nothing", function()
    local text = head({ "threshold learned r 75" })
    assert.is_nil((read(text, "v1=" .. digest.hmacHex("another secret of sixteen", text))))
    assert.is_nil((read(text, "")))
    assert.is_nil((read(text .. "threshold learned x 80\n", "v1=" .. digest.hmacHex(SECRET, text))))
  end)

  it("cannot teach what goes beyond the limits", function()
    local lines = {
      "threshold learned r 90",
      "threshold learned r 0",
      "threshold nobody r 75",
      "signature operator r json:note 0a1b2c3d 100",
      "signature operator r json:note zzz 80",
      "block ip 10.0.0.1",
      "login relative",
      "login /" .. ("x"):rep(100),
      "baseline 0 r 600 1 1 1:1",
      "",
    }
    local read_feed = read(head(lines))
    assert.same({ 0, #lines }, { #read_feed.entries, read_feed.refused })
  end)
end)

describe("a signature of a value", function()
  local signature_of

  setup(function()
    worker.start()
    signature_of = worker.module("payload.signature").signatureOf
  end)

  for _, case in ipairs({
    { "is the same for texts of one kind", "it's 5 o'clock", "that's 12   o'clock", true },
    { "does not depend on how many plain words follow each other", "a 'quoted' b", "a b c 'quoted' d e", true },
    { "differs where a word means something to an interpreter", "a 'quoted' b", "a 'select' b", false },
    { "differs by case of such words no more than they do", "1 UNION 2", "1 union 2", true },
    { "differs by signs", "a = b", "a < b", false },
    { "differs by order", "a ' 1", "1 ' a", false },
    { "differs between a number and a word", "x = 1", "x = y", false },
  }) do
    it(case[1], function() assert.equal(case[4], signature_of(case[2], "sqli") == signature_of(case[3], "sqli")) end)
  end

  it("is none where something was masked: an attack may be behind it", function()
    assert.is_nil(signature_of("[redacted]", "sqli"))
    assert.is_nil(signature_of("note=[redacted] and more", "sqli"))
  end)

  it("differs by class", function() assert.not_equal(signature_of("a", "sqli"), signature_of("a", "xss")) end)

  it("is eight hex digits for any bytes, without raising", function()
    math.randomseed(7)
    for _ = 1, 500 do
      local bytes = {}
      for i = 1, math.random(0, 160) do bytes[i] = string.char(math.random(0, 255)) end
      assert.matches("^%x%x%x%x%x%x%x%x$", signature_of(table.concat(bytes), "sqli"))
    end
  end)
end)
