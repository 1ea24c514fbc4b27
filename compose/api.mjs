// An API to protect: one user, some goods, no state. It answers as a shop would.
import { createServer } from "node:http";

const answers = {
  search: (url) => [200, { query: url.searchParams.get("q"), found: ["lamp", "tent", "kettle"] }],
  orders: () => [200, { orders: [{ id: 4711, state: "sent" }] }],
  users: () => [200, { id: "me", name: "Somebody" }],
  login: (_url, body) =>
    body.username === "demo" && body.password === "demo"
      ? [200, { session: "demo" }]
      : [401, { error: "wrong user or password" }],
};

createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: as good as no body.
  }
  const url = new URL(request.url, "http://api");
  const answer = answers[url.pathname.split("/")[1]];
  const [status, reply] = answer ? answer(url, body) : [404, { error: "not found" }];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(reply));
}).listen(8080);
