import { describe, expect, it } from "vitest";
import { type Scored, scoreLines } from "../../scripts/score/scorer.ts";

/** Where attacks hide in the structure of a request. Bytes are Latin-1. */
interface Request {
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string;
}

async function score(requests: Request[]): Promise<Scored[]> {
  const lines = requests.map((request, id) =>
    JSON.stringify({ id, enc: "latin1", method: "POST", path: "/", headers: {}, ...request }),
  );
  const { scored, errors } = await scoreLines(`${lines.join("\n")}\n`);
  expect(errors).toBe("");
  return scored;
}

const SQL = "7' union select login, pass from staff -- ";
const SCRIPT = "<script>steal(document.cookie)</script>";
const typed = (type: string, body: string): Request => ({ headers: { "Content-Type": type }, body });
const json = (body: string) => typed("application/json", body);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").toString("latin1");
const utf32 = (text: string) => [...text].map((char) => `${char}\0\0\0`).join("");
const part = (head: string, value: string) => `Content-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;

const token = (kid: string) =>
  `${Buffer.from(JSON.stringify({ alg: "HS256", kid })).toString("base64url")}.eyJhIjoxfQ.c2ln`;

const HIDDEN: Record<string, Request> = {
  "a repeated parameter, cut in two": { query: "id=7'%20union/*&x=1&id=*/select%20login%20from%20staff--" },
  "a path parameter": { path: `/files;name=${encodeURIComponent(SQL)}/list` },
  "a parameter's name": { query: `${encodeURIComponent(SQL)}=1` },
  "a cookie's name": { headers: { Cookie: `a=1; ${SCRIPT.replaceAll(";", "")}=2` } },
  "base64 in a query": { query: `data=${encodeURIComponent(base64(SQL))}` },
  "base64 whose padding is escaped twice": { query: `data=${base64(`${SQL}.`)}%253D%253D`.replace("==%25", "%25") },
  "base64 in full-width signs": {
    query: `data=${encodeURIComponent(base64(SQL).replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)))}`,
  },
  "base64 with signs as entities": {
    query: `data=${encodeURIComponent(base64(SQL).replace(/[A-Z]/g, (sign) => `&#${sign.charCodeAt(0)};`))}`,
  },
  "base64 in JSON": json(`{"data":"${base64(SCRIPT)}"}`),
  "base64 without a name in a query": { query: base64(SCRIPT) },
  "base64 in the text of XML": typed("application/xml", `<a><b>${base64(SQL)}</b></a>`),
  "base64 in an attribute of XML": typed("application/xml", `<a b="${base64(SQL)}"/>`),
  "JSON in the text of XML": typed("application/xml", `<a>${JSON.stringify({ q: SQL })}</a>`),
  "base64 in JSON in a string of JSON": json(JSON.stringify({ data: JSON.stringify({ deep: base64(SQL) }) })),
  "base64 as a file name": typed(
    "multipart/form-data; boundary=b",
    `--b\r\n${part(`name="a"; filename="${base64(SQL)}"`, "1")}--b--`,
  ),
  "base64 in the query of a referer": { headers: { Referer: `https://example.com/?a=1&q=${base64(SQL)}` } },
  "a text that begins with a tag": typed("text/plain", "<svg/onload=steal(document.cookie)>"),
  "a slash in three bytes": { query: "file=..%e0%80%af..%e0%80%af..%e0%80%afetc%e0%80%afpasswd" },
  "an address in circled digits": {
    query: `url=${encodeURIComponent("http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/latest/meta-data/")}`,
  },
  "JSON in base64": json(`{"data":"${base64(JSON.stringify({ note: SQL }))}"}`),
  "JSON in a string of JSON": json(JSON.stringify({ data: JSON.stringify({ deep: [SQL] }) })),
  "the query of a URL in JSON": json(JSON.stringify({ link: `https://example.com/?a=1&q=${encodeURIComponent(SQL)}` })),
  "a key of JSON": json(JSON.stringify({ [SQL]: 1 })),
  "an escaped key": json('{"user":{"\\u0024gt":""}}'),
  "a second value of the same key": json(`{"a":"x","a":${JSON.stringify(SQL)}}`),
  "JSON nested 30,000 levels deep": json(`${"[".repeat(30_000)}${JSON.stringify(SQL)}${"]".repeat(30_000)}`),
  "JSON that is cut off": json(`{"a":"b","q":"${SQL}`),
  "the third of several JSON texts": typed("application/x-ndjson", `{"a":1}\n{"b":2}\n${JSON.stringify({ q: SQL })}`),
  "what looks like JSON without a string": { query: "q=%7B%7Bself%7D%7D" },
  "an object in base64 without a sign": { query: "q=rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwAC" },
  "the type of an object in JSON": json('{"py/object":"os.system"}'),
  "a step that reads other data": json('[{"$unionWith":"users"}]'),
  "JSON with single quotes": json(`{'a': '${SQL.replaceAll("'", "\\'")}'}`),
  "what stands behind JSON": json(`{"a":1} ${SQL}`),
  "an attribute of XML": typed("application/xml", `<a><b c="${SQL}">d</b></a>`),
  CDATA: typed("application/xml", `<a><![CDATA[${SCRIPT}]]></a>`),
  "a text that CDATA divides": typed(
    "application/xml",
    `<a><![CDATA[${SCRIPT.replaceAll(/..?/g, "$&]]><![CDATA[")}]]></a>`,
  ),
  "a text that comments divide": typed("application/xml", "<a>1' UN<!-- -->ION SEL<!-- x -->ECT user, pass FROM u</a>"),
  "a part in quoted-printable": typed(
    "multipart/form-data; boundary=b",
    `--b\r\n${part(
      'name="a"\r\nContent-Transfer-Encoding: quoted-printable',
      SQL.replaceAll(/[^a-z]/gi, (c) => `=${c.charCodeAt(0).toString(16)}`),
    )}--b--`,
  ),
  "the user of Basic": { headers: { Authorization: `Basic ${base64(`${SQL}:secret`)}` } },
  "the user of Basic behind two spaces": { headers: { Authorization: `basic  ${base64(`${SQL}:secret`)}` } },
  "the key that a token names": { headers: { Authorization: `Bearer ${token(SQL)}` } },
  "overlong UTF-8 of three bytes": {
    query: `q=${SQL.replaceAll(/[^a-z0-9]/gi, (c) => `%e0%${(128 + (c.charCodeAt(0) >> 6)).toString(16)}%${(128 + (c.charCodeAt(0) & 63)).toString(16)}`)}`,
  },
  "ideographic spaces": json(JSON.stringify({ q: SQL.replaceAll(" ", "\u3000") })),
  "a document type": typed("application/xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
  "a part's name": typed("multipart/form-data; boundary=b", `--b\r\n${part(`name="${SQL}"`, "1")}--b--`),
  "a part with a quoted boundary": typed(
    'multipart/form-data; boundary="b 1"',
    `--b 1\r\n${part('name="a"', SQL)}--b 1--`,
  ),
  "a part without a declared boundary": typed("multipart/form-data", `--b\r\n${part('name="a"', SQL)}--b--`),
  "a part by the second of two boundaries": typed(
    "multipart/form-data; boundary=x; boundary=b",
    `--b\r\n${part('name="a"', SQL)}--b--`,
  ),
  "a part of JSON": typed(
    "multipart/form-data; boundary=b",
    `--b\r\n${part('name="a"', JSON.stringify({ q: SQL }))}--b--`,
  ),
  "a string of GraphQL": json(JSON.stringify({ query: `{ user(name: "${SQL}") { id } }` })),
  "a variable of GraphQL": json(
    JSON.stringify({ query: "query Q($n: String!) { user(name: $n) { id } }", variables: { n: SQL } }),
  ),
  "what only begins like GraphQL": json(JSON.stringify({ query: `{ a } ${SQL}` })),
  "a GraphQL body": typed("application/graphql", `{ user(name: "${SQL}") { id } }`),
  "UTF-16": typed("application/json; charset=utf-16", utf16(JSON.stringify({ q: SQL }))),
  "UTF-16 that is not declared": json(JSON.stringify({ q: SQL }).replaceAll(/./g, "$&\0")),
  "UTF-32": typed("application/json; charset=utf-32", utf32(JSON.stringify({ q: SQL }))),
  "JSON that is declared as a form": typed("application/x-www-form-urlencoded", JSON.stringify({ q: SQL })),
  "a form that is declared as JSON": json(`q=${encodeURIComponent(SQL)}`),
};

const INNOCENT: Record<string, Request> = {
  "a GraphQL operation": json(
    JSON.stringify({
      query:
        'query Q($n: Int = 3) { me { a: posts(first: $n, tag: "x") { ...F @include(if: true) } } } fragment F on Post { id }',
    }),
  ),
  "prose with apostrophes": json(JSON.stringify({ note: "It's theirs, they don't mind; we'll see (perhaps)." })),
  "tokens and identifiers": json(
    JSON.stringify({ id: "9f86d081884c7d659a2feaa0c55ad015", jwt: "eyJhbGciOiJIUzI1NiJ9.e30.x" }),
  ),
  "base64 of a text": json(JSON.stringify({ content: base64("Dear all, the meeting is at four. It's in room 7.") })),
  "a filter for a document database": json(
    JSON.stringify({ filter: { status: { $in: ["active", "pending"] }, age: { $gte: 18 } }, sort: { age: -1 } }),
  ),
  "a filter in brackets": { query: "filters[title][$contains]=garden&filters[price][$gte]=10&sort=title" },
  "a document in JSON": json(JSON.stringify({ text: '<?xml version="1.0"?><note><to>Ann</to></note>' })),
  "a page in JSON": json(JSON.stringify({ html: "<!DOCTYPE html><html><head><title>x</title></head></html>" })),
  "a film in JSON": json(
    JSON.stringify({ html: '<iframe width="560" height="315" src="https://video.example/embed/x" allowfullscreen>' }),
  ),
  "the name of a picture": typed(
    "multipart/form-data; boundary=b",
    `--b\r\n${part('name="file"; filename="Ann\'s picture (2).png"', "x")}--b--`,
  ),
  "repeated parameters": { query: "tag=a+b&tag=c&tag=it%27s" },
  "a URL with a query": { query: `next=${encodeURIComponent("https://example.com/a?b=c&d=e")}` },
  "a password of Basic": { headers: { Authorization: `Basic ${base64("o'neil:x' or 1=1--")}` } },
  "credentials of Basic": { headers: { Authorization: `Basic ${base64("bob@example.com:right-password-staff")}` } },
  "a token": { headers: { Authorization: `Bearer ${token("https://login.example.com/keys/7")}` } },
  "spaces of other scripts": json(JSON.stringify({ ja: "東京　都内の　お店", fr: "C’est « l'union » : fait" })),
  "comments and CDATA": typed(
    "application/xml",
    "<a><!-- select a union of both --><p><![CDATA[a < b]]><![CDATA[ c]]></p></a>",
  ),
  XML: typed("application/xml", '<?xml version="1.0"?><order id="7"><note>It\'s fine</note></order>'),
};

describe("the structure of requests", () => {
  it.each(Object.entries(HIDDEN))("does not hide an attack in %s", async (_name, request) => {
    const [scored] = await score([request]);
    expect(scored!.verdict).toBe("block");
  });

  it.each(Object.entries(INNOCENT))("is no reason to stop %s", async (_name, request) => {
    const [scored] = await score([request]);
    expect(scored!.verdict).toBe("allow");
  });
});
