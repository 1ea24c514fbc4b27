local worker = require("worker")

local JSON, FORM = "application/json", "application/x-www-form-urlencoded"

describe("the users of a login", function()
  local fields, read_basic

  setup(function()
    worker.start()
    fields = worker.module("features.user-field")
    read_basic = worker.module("features.basic-user").readBasicUser
  end)

  local function find_users(body, content_type)
    local users = {}
    fields.addFromBody(users, body, content_type, { "username", "email" })
    return table.concat(users, " + ")
  end

  local MULTIPART = "multipart/form-data; boundary=b"
  local function part(head, value) return "--b\r\nContent-Disposition: form-data; " .. head .. "\r\n\r\n" .. value .. "\r\n" end

  for _, case in ipairs({
    { "are found in JSON", '{"username": "ann", "password": "x"}', JSON, "ann" },
    { "are found wherever they stand", '{"a":{"b":[1,2]},"username":"ann"}', JSON, "ann" },
    { "may hold an escaped quote", '{"username":"a\\"nn"}', JSON, 'a\\"nn' },
    { "may be numbers", '{"username": 42}', JSON, "42" },
    { "are not the value of another member", '{"x":"username","username":"ann"}', JSON, "ann" },
    { "are nothing when cut off", '{"username":"an', JSON, "" },
    { "are nothing when they are objects", '{"username":{"$ne":1}}', JSON, "" },
    { "are found by escapes in their names", '{"user\\u006eame":"ann"}', JSON, "ann" },
    { "are the same with escapes", '{"username":"\\u0061nn\\u00e9"}', JSON, "ann\195\169" },
    { "are found whatever the case of their names", '{"UserName":"Ann"}', JSON, "ann" },
    { "are all that a repeated name has", '{"username":"eve","username":"ann"}', JSON, "eve + ann" },
    { "are those of all fields", '{"username":"eve","email":"ann@x.org"}', JSON, "eve + ann@x.org" },
    { "count once", '{"username":"Ann","email":" ann "}', JSON, "ann" },
    { "are found in UTF-16", ('{"username":"ann"}'):gsub(".", "%0\0"), JSON, "ann" },
    { "are found behind the mark of a character set", '\239\187\191{"username":"ann"}', nil, "ann" },
    { "are found in a form", "a=1&username=ann&b=2", FORM, "ann" },
    { "are decoded in a form", "username=ann%40x.org+y", FORM, "ann@x.org y" },
    { "are found by encoded names", "user%6Eame=ann", FORM, "ann" },
    { "are found by the last part of a name", "user[email]=ann&user%5Busername%5D=eve", FORM, "ann + eve" },
    { "are found behind a semicolon", "a=1;username=ann", FORM, "ann" },
    { "are not those of fields that end alike", "my_username=eve&username=ann", FORM, "ann" },
    { "are what a form says, though it begins like JSON", '{"username":"eve"}=&username=ann', FORM, "eve + ann" },
    { "are found by the looks of the body where the type is missing", ' {"username":"ann"}', nil, "ann" },
    { "are found in multipart", part('name="username"', "ann") .. part("name=email", "eve"), MULTIPART, "ann + eve" },
    { "are no names of files", part('name="f"; filename="username"', "eve"), MULTIPART, "" },
    { "are found in XML", '<a:username type="t">ann</a:username><email>eve</email>', "text/xml", "ann + eve" },
    { "are nothing where there are none", "x=1", FORM, "" },
  }) do
    it(case[1], function() assert.equal(case[4], find_users(case[2], case[3])) end)
  end

  it("are at most eight, of which the last is kept", function()
    local body = {}
    for i = 1, 20 do body[i] = "username=u" .. i end
    assert.equal("u1 + u2 + u3 + u4 + u5 + u6 + u7 + u20", find_users(table.concat(body, "&"), FORM))
  end)

  -- With the square of these lengths it would take hours.
  it("are looked for in a time that grows with the length of what is sent only", function()
    local spaces = (" "):rep(1000000)
    assert.equal("a", find_users("username=a" .. spaces .. "b", FORM))
    assert.equal("ann", find_users(("&"):rep(1000000) .. "username=ann", FORM))
    assert.equal("", find_users(("a&"):rep(1000000) .. "username=ann", FORM))
    assert.equal("", find_users(('; name="username"'):rep(60000), MULTIPART))
    assert.equal("", find_users("<" .. ("<username "):rep(60000), "text/xml"))
    local hash = worker.module("features.identity").hashUser
    assert.equal(hash(worker.instance(), "x"), hash(worker.instance(), spaces .. "x" .. spaces .. "y"))
  end)

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

describe("a login", function()
  local login, instance

  before_each(function()
    worker.start({ uri = "/login" })
    login = worker.module("features.login")
    instance = worker.instance({ ["login.paths"] = { "/Login", "/auth/" } })
  end)

  local function user_of(facts)
    facts.headers = facts.headers or {}
    local attempt = login.readLogin(instance, facts, facts.is_login ~= false)
    return attempt and attempt.user
  end

  for _, case in ipairs({
    { "/login", "POST", nil, true },
    { "/LOGIN", "POST", nil, true },
    { "/login/", "POST", nil, true },
    { "/login;jsessionid=1", "POST", nil, true },
    { "//x/../login", "POST", nil, false },
    { "//login", "POST", nil, true },
    { "/login. ", "POST", nil, true },
    { "/auth", "POST", nil, true },
    { "/auth/token", "POST", nil, true },
    { "/authors", "POST", nil, false },
    { "/login", "PUT", nil, true },
    { "/login", "GET", nil, false },
    { "/login", "GET", "next=/password", false },
    { "/login", "GET", "user=ann&password=x", true },
    { "/login", "GET", nil, true, { ["content-length"] = "31" } },
    { "/login", "GET", nil, false, { ["content-length"] = "0" } },
    { "/page", "GET", nil, false, { ["transfer-encoding"] = "chunked" } },
  }) do
    local text = table.concat({ case[2], case[1], case[3] and "?" .. case[3] or "" }, " ")
    local with = case[5] and " with a body that is announced by " .. next(case[5]) or ""
    it((case[4] and "is " or "is not ") .. text .. with, function()
      ngx.var.uri = case[1]
      assert.equal(case[4], login.isLoginRequest(instance, { method = case[2], query = case[3], headers = case[5] or {} }))
    end)
  end

  it("is about nobody known where it names a victim beside somebody well known", function()
    local known = user_of({ body = "username=ann" })
    local basic = { authorization = "Basic YW5uOng=" }
    assert.equal(known, user_of({ headers = basic }))
    for _, facts in ipairs({
      { headers = basic, body = "username=victim" },
      { headers = { ["proxy-authorization"] = "Basic YW5uOng=" }, body = "username=victim" },
      { query = "username=victim", body = "username=ann" },
      { body = "username=ann&email=victim" },
      { body = '{"username":"ann","username":"victim"}' },
    }) do
      assert.not_equal(known, user_of(facts))
    end
  end)

  it("with Basic is looked for in both headers that Kong looks at", function()
    local basic = "Basic YW5uOng="
    assert.is_nil(user_of({ is_login = false, headers = { authorization = "Bearer x" } }))
    local user = user_of({ is_login = false, headers = { authorization = basic } })
    assert.equal(user, user_of({ is_login = false, headers = { ["proxy-authorization"] = basic } }))
    assert.equal(user, user_of({ is_login = false, headers = { authorization = { "Bearer x", basic } } }))
  end)

  it("that names nobody is somebody new each time only where logins usually name their user", function()
    local named = worker.module("logins.named")
    assert.equal("", user_of({ body = "x=1" }))
    for _ = 1, 20 do named.noteNamed("/login", true) end
    assert.not_equal("", user_of({ body = "x=1" }))
    assert.not_equal(user_of({ body = "x=1" }), user_of({ body = "x=1" }))
    for _ = 1, 5 do named.noteNamed("/login", false) end
    assert.equal("", user_of({ body = "x=1" }))
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
