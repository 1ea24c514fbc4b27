import { describe, expect, it } from "vitest";
import { type Scored, scoreLines } from "../../scripts/score/scorer.ts";
import { ATTACKS, BENIGN, DOCUMENT } from "./payload-samples.ts";

interface Request {
  path?: string;
  query?: string;
  headers?: Record<string, string | string[]>;
  body?: string;
}

async function score(requests: Request[]): Promise<Scored[]> {
  const lines = requests.map((request, id) =>
    JSON.stringify({ id, method: "GET", path: "/", headers: {}, ...request }),
  );
  const { scored, errors, status } = await scoreLines(`${lines.join("\n")}\n`);
  expect(errors).toBe("");
  expect(status).toBe(0);
  expect(scored).toHaveLength(requests.length);
  return scored;
}

const json = { "Content-Type": "application/json" };
const form = { "Content-Type": "application/x-www-form-urlencoded" };
const percentAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const unicodeAll = (text: string) =>
  text.replace(/[^a-z0-9]/gi, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
const boundary = "----b7";

/** Where a value can be, and how finding names the place. */
const PLACES: Record<string, { field: string; request: (value: string) => Request }> = {
  "a query": { field: "query:q", request: (value) => ({ query: `page=2&q=${encodeURIComponent(value)}&lang=en` }) },
  "a form": {
    field: "form:note",
    request: (value) => ({ headers: form, body: new URLSearchParams({ a: "1", note: value }).toString() }),
  },
  "nested JSON": {
    field: "json:order.notes",
    request: (value) => ({ headers: json, body: JSON.stringify({ id: 7, order: { notes: [value], ok: true } }) }),
  },
  "a multipart part": {
    field: "form:note",
    request: (value) => ({
      headers: { "Content-Type": `multipart/form-data; boundary=${boundary.slice(2)}` },
      body: `--${boundary.slice(2)}\r\nContent-Disposition: form-data; name="note"\r\n\r\n${value}\r\n--${boundary.slice(2)}--\r\n`,
    }),
  },
  "a cookie": {
    field: "cookie:last",
    request: (value) => ({ headers: { Cookie: `sid=4f3a; last=${encodeURIComponent(value)}` } }),
  },
};

/** Layers that applications undo, one by one. */
const ENCODINGS: Record<string, (value: string) => Request> = {
  "percent-encoding twice": (value) => ({ query: `q=${encodeURIComponent(encodeURIComponent(value))}` }),
  "every byte percent-encoded": (value) => ({ query: `q=${percentAll(value)}` }),
  "JSON unicode escapes": (value) => ({ headers: json, body: `{"q":"${unicodeAll(value)}"}` }),
  "HTML entities": (value) => ({
    query: `q=${encodeURIComponent(value.replace(/[<>"'()]/g, (char) => `&#${char.charCodeAt(0)};`))}`,
  }),
  "JSON in a form": (value) => ({ headers: form, body: `data=${encodeURIComponent(JSON.stringify({ v: value }))}` }),
};

describe("attacks", () => {
  it.each(Object.entries(PLACES))("are blocked in %s, and named", async (_name, { field, request }) => {
    const scored = await score(ATTACKS.map(({ value }) => request(value)));
    const got = scored.map(({ verdict, class: found, reasons }, i) => [
      ATTACKS[i]!.value,
      verdict,
      found,
      reasons[0]?.split(" in ").at(-1),
    ]);
    expect(got).toEqual(ATTACKS.map(({ value, class: expected }) => [value, "block", expected, field]));
  });

  it.each(Object.entries(ENCODINGS))("are blocked behind %s", async (_name, request) => {
    const scored = await score(ATTACKS.map(({ value }) => request(value)));
    expect(ATTACKS.filter((_, i) => scored[i]!.verdict !== "block")).toEqual([]);
  });

  it("are mostly blocked between paragraphs of prose", async () => {
    const prose = `${BENIGN.join("\n\n")}\n`;
    const scored = await score(
      ATTACKS.map(({ value }) => ({ headers: json, body: JSON.stringify({ text: `${prose}${value}\n${prose}` }) })),
    );
    const missed = scored.filter(({ verdict }) => verdict !== "block");
    expect(missed.length).toBeLessThan(ATTACKS.length / 4);
  });

  it("are blocked in the path, in names and in any header, doubled ones too", async () => {
    const scored = await score([
      { path: "/files/..%2f..%2f..%2fetc%2fpasswd" },
      { path: "/a/..;/..;/manager/html" },
      { path: "/items/1%27%20or%20%27a%27=%27a" },
      { query: "user[$ne]=1" },
      { query: "__proto__[admin]=1" },
      { query: "a=1%0d%0aSet-Cookie:%20x=1" },
      { headers: { "X-Api-Version": "${jndi:dns://203.0.113.9/}" } },
      { headers: { Referer: "https://example.com/?q=<script>x()</script>" } },
      { headers: { "X-Forwarded-Host": ["example.com", "x' or 'k'='k"] } },
      { headers: json, body: '{"user":{"$gt":""}}' },
      { headers: json, body: '{"__proto__":{"admin":true}}' },
      { headers: { "Content-Type": "application/xml" }, body: "<a><b>1' or '1'='1</b></a>" },
    ]);
    expect(scored.map(({ verdict, class: found }) => `${verdict} ${found}`)).toEqual([
      "block traversal",
      "block traversal",
      "block sqli",
      "block nosqli",
      "block prototype",
      "block crlf",
      "block jndi",
      "block xss",
      "block sqli",
      "block nosqli",
      "block prototype",
      "block sqli",
    ]);
  });

  it("are found in broken JSON and behind a wrong content type", async () => {
    const value = "7' union select login from staff--";
    const scored = await score([
      { headers: json, body: `{"q":"${value}` },
      { headers: json, body: `[[[["${value}"]]` },
      { headers: { "Content-Type": "text/plain" }, body: `{"q":"${value}"}` },
      { body: `q=${value}` },
    ]);
    expect(scored.map(({ verdict }) => verdict)).toEqual(["block", "block", "block", "block"]);
  });
});

describe("ordinary requests", () => {
  it.each(Object.entries(PLACES))("pass with any text in %s", async (_name, { request }) => {
    const scored = await score(BENIGN.map(request));
    expect(BENIGN.filter((_, i) => scored[i]!.verdict !== "allow")).toEqual([]);
  });

  it("pass with a document that holds code, flagged at most", async () => {
    const [scored] = await score([{ headers: json, body: JSON.stringify({ title: "Testing", body: DOCUMENT }) }]);
    expect(scored!.verdict).not.toBe("block");
  });

  it("pass with a clean document unflagged", async () => {
    const body = JSON.stringify({ body: `${BENIGN.join("\n\n")}\n` });
    const [scored] = await score([{ headers: json, body }]);
    expect(scored!.verdict).toBe("allow");
  });
});

describe("user agents", () => {
  it("of exploit tools are blocked as abuse, those of clients pass", async () => {
    const agents = [
      "sqlmap/1.8#stable",
      "Mozilla/5.0 (compatible; Nikto/2.5.0)",
      "curl/8.5.0",
      "Mozilla/5.0 (X11; Linux x86_64)",
    ];
    const scored = await score(agents.map((agent) => ({ headers: { "User-Agent": agent } })));
    expect(scored.map(({ verdict, category }) => [verdict, category])).toEqual([
      ["block", "abuse"],
      ["block", "abuse"],
      ["allow", null],
      ["allow", null],
    ]);
  });
});

const STATEMENTS = [
  "select * from a union all select * from b where x is not null",
  "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
  "EXPLAIN ANALYZE SELECT 1 FROM generate_series(1, 10)",
  "select id from t where a = 1 or b = 'x' union select 1, 2",
  "INSERT INTO t VALUES (1, 'it''s'); UPDATE t SET a = 1 WHERE b = 'x'; COMMIT",
  "select 1 as id union all select 2 as id",
  "select a, b from t where a = 'x' or b = 'y' order by 1",
  "select * from t where a = 1 and sleep(1) = 0",
  "select count(*) from sqlite_master where type = 'table'",
  "select @@version, current_user",
  "select case when a = 1 then 'b' end from t",
];

describe("fields that are named after their language", () => {
  const inField = (name: string, value: string): Request => ({
    headers: json,
    body: JSON.stringify({ id: 7, [name]: value }),
  });

  it("are judged with more doubt, and only of what the language explains", async () => {
    const scored = await score([
      inField("rawSql", "1' or 1=1-- -"),
      inField("note", "1' or 1=1-- -"),
      inField("rawSql", "<script>alert(1)</script>"),
      inField("note", "<script>alert(1)</script>"),
    ]);
    const [sql, plainSql, script, plainScript] = scored.map(({ score: points }) => points);
    expect(sql).toBeLessThan(plainSql!);
    expect(script).toBe(plainScript);
  });

  it("make nothing known as ordinary elsewhere", async () => {
    const alone = await score(STATEMENTS.map((text) => inField("note", text)));
    const both = await score(STATEMENTS.flatMap((text) => [inField("sql", text), inField("note", text)]));
    const spared = STATEMENTS.filter((_, i) => both[2 * i]!.verdict === "allow" && alone[i]!.verdict !== "allow");
    expect(spared).not.toEqual([]);
    expect(both.filter((_, i) => i % 2 === 1).map(({ score: points }) => points)).toEqual(
      alone.map(({ score: points }) => points),
    );
  });
});
