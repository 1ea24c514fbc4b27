local worker = require("worker")

describe("answers to logins", function()
  local answers

  before_each(function()
    worker.start({ uri = "/login" })
    kong.log = { notice = function() end }
    answers = worker.module("logins.answers")
  end)

  local function kind(status, headers)
    for _, name in ipairs({ "set_cookie", "location", "content_length" }) do ngx.var["sent_http_" .. name] = headers[name] end
    return answers.kindOfAnswer(status)
  end

  local WRONG, RIGHT = "200.small", "200.large"

  --- So many users: `wrong` of a hundred mistype and get in a few seconds later.
  local function log_in(users, wrong, from)
    for user = from or 1, (from or 1) + users - 1 do
      if user % 100 < wrong then
        answers.noteAnswer("r", "user" .. user, WRONG)
        worker.now = worker.now + 5
      end
      answers.noteAnswer("r", "user" .. user, RIGHT)
      worker.now = worker.now + 1
    end
  end

  it("are of several kinds by status, cookie, size, and where they lead", function()
    local kinds = {
      kind(200, { content_length = "52" }),
      kind(200, { content_length = "734" }),
      kind(200, { content_length = "734", set_cookie = "session=1" }),
      kind(302, { location = "https://shop.example/login?again=1" }),
      kind(302, { location = "/account" }),
    }
    for i, one in ipairs(kinds) do
      for j = i + 1, #kinds do assert.are_not.equal(one, kinds[j]) end
    end
    assert.equal(kind(303, { location = "/login" }), kind(303, { location = "https://shop.example/LOGIN?x#y" }))
  end)

  it("are failures where those who get them try again at once and get another", function()
    log_in(400, 4)
    assert.is_true(answers.isLearnedFailure("r", WRONG))
    assert.is_false(answers.isLearnedFailure("r", RIGHT))
    assert.is_true(answers.hasLearnedAnswers("r"))
    assert.is_false(answers.hasLearnedAnswers("another"))
  end)

  it("are none while few have shown it", function()
    log_in(150, 4)
    assert.is_false(answers.isLearnedFailure("r", WRONG))
  end)

  it("are none where each login takes two steps", function()
    log_in(400, 100)
    assert.is_false(answers.isLearnedFailure("r", WRONG))
  end)

  it("are none where programs get one or the other in turn", function()
    for round = 1, 60 do
      for user = 1, 5 do answers.noteAnswer("r", "program" .. user, round % 2 == 0 and WRONG or RIGHT) end
      worker.now = worker.now + 60
    end
    assert.is_false(answers.isLearnedFailure("r", WRONG))
    assert.is_false(answers.isLearnedFailure("r", RIGHT))
  end)

  it("cannot be turned round by somebody who fails after he got in", function()
    log_in(400, 4)
    for user = 1, 15 do
      answers.noteAnswer("r", "eve" .. user, RIGHT)
      answers.noteAnswer("r", "eve" .. user, WRONG)
    end
    assert.is_false(answers.isLearnedFailure("r", RIGHT))
  end)

  for _, case in ipairs({
    { "/login?error", true },
    { "https://shop.example/Login?ERROR=1", true },
    { "/account", false },
    { nil, false },
  }) do
    it(("refuse a login with Location %s: %s"):format(case[1], case[2]), function()
      assert.equal(case[2], answers.isRefusal(case[1], { "?error", "&error" }))
    end)
  end
end)

describe("a login as a mutation of GraphQL", function()
  local graphql

  before_each(function()
    worker.start()
    graphql = worker.module("features.graphql-login")
  end)

  it("names its user in the text", function()
    local body = [[{"query":"mutation { login(email: \"ann@example.com\", password: \"x\") { token } }"}]]
    assert.is_true(graphql.hasPasswordArgument(body))
    local users = {}
    graphql.addFromGraphql(users, body, { "username", "email" })
    assert.same({ "ann@example.com" }, users)
  end)

  it("is none without a password", function()
    assert.is_false(graphql.hasPasswordArgument([[{"query":"{ user(email: \"ann@example.com\") { name } }"}]]))
    assert.is_false(graphql.hasPasswordArgument([[{"query":"{ passwordPolicy { length } }"}]]))
  end)
end)
