local worker = require("worker")

describe("the user of a login", function()
  local find_field, read_basic

  setup(function()
    worker.start()
    find_field = worker.module("features.user-field").findField
    read_basic = worker.module("features.login").readBasicUser
  end)

  for _, case in ipairs({
    { "is found in JSON", '{"username": "ann", "password": "x"}', "application/json", "ann" },
    { "is found wherever it stands", '{"a":{"b":[1,2]},"username":"ann"}', "application/json", "ann" },
    { "may hold an escaped quote", '{"username":"a\\"nn"}', "application/json", 'a\\"nn' },
    { "may be a number", '{"username": 42}', "application/json", "42" },
    { "is not the value of another member", '{"x":"username","username":"ann"}', "application/json", "ann" },
    { "is nothing when cut off", '{"username":"an', "application/json", nil },
    { "is nothing when it is an object", '{"username":{"$ne":1}}', "application/json", nil },
    { "is found in a form", "a=1&username=ann&b=2", "application/x-www-form-urlencoded", "ann" },
    { "is decoded in a form", "username=ann%40x.org+y", "application/x-www-form-urlencoded", "ann@x.org y" },
    { "is not a field that ends alike", "my_username=eve&username=ann", "application/x-www-form-urlencoded", "ann" },
    { "is found by the looks of the body where the type is missing", ' {"username":"ann"}', nil, "ann" },
    { "is nothing where there is none", "x=1", "application/x-www-form-urlencoded", nil },
  }) do
    it(case[1], function() assert.equal(case[4], find_field(case[2], case[3], "username")) end)
  end

  for _, case in ipairs({
    { "stands before the colon", "Basic YW5uOnNlY3JldA==", "ann" },
    { "is found whatever the case of the scheme", "bAsIc YW5uOnNlY3JldA==", "ann" },
    { "is all of it without a colon", "Basic YW5u", "ann" },
    { "is empty where the text is no base64", "Basic ?!", "" },
    { "is nothing with another scheme", "Bearer abc", nil },
    { "is nothing without the header", nil, nil },
  }) do
    it("of Authorization: Basic " .. case[1], function() assert.equal(case[3], read_basic(case[2])) end)
  end

  it("is known by a keyed hash only, the same for every spelling", function()
    local hash = worker.module("features.identity").hashUser
    local instance = worker.instance()
    assert.equal(hash(instance, "Ann@X.org"), hash(instance, " ann@x.org "))
    assert.equal(16, #hash(instance, "ann"))
    assert.not_equal(hash(instance, "ann"), hash(instance, "bob"))
    local other = worker.instance({ hash_key = "another key of sixteen" })
    assert.not_equal(hash(instance, "ann"), hash(other, "ann"))
  end)
end)

describe("the answer to a login", function()
  local judge

  setup(function()
    worker.start()
    judge = worker.module("login-outcome").judgeAnswer
  end)

  for _, case in ipairs({
    { "is a failure by the configured statuses", "path", 403, true, "failed" },
    { "is a success below 400", "path", 302, false, "succeeded" },
    { "says nothing when the upstream is down", "path", 503, false, "unknown" },
    { "says nothing when there were too many", "path", 429, false, "unknown" },
    { "to Basic is a failure with 401 only", "basic", 401, true, "failed" },
    { "to Basic with 403 is about rights", "basic", 403, true, "unknown" },
  }) do
    it(case[1], function() assert.equal(case[5], judge({ kind = case[2] }, case[3], case[4])) end)
  end
end)
