/** Requests that are made to be costly: each uses up a part of the plugin that has to look at every byte, or at the same bytes again and again. */
import type { Draft } from "../../training/request.ts";

interface WorstCase {
  name: string;
  request: Draft;
}

const BODY = 65_536;
const TARGET = 8000;

const fill = (part: string, bytes: number): string => part.repeat(Math.ceil(bytes / part.length)).slice(0, bytes);

function post(name: string, type: string, body: string): WorstCase {
  const headers = { "user-agent": "okhttp/4.12.0", "content-type": type };
  return { name, request: { method: "POST", path: "/orders", query: "", headers, body } };
}

function get(name: string, query: string): WorstCase {
  return { name, request: { method: "GET", path: "/", query, headers: { "user-agent": "okhttp/4.12.0" }, body: "" } };
}

const json = (name: string, body: string): WorstCase => post(name, "application/json", body);
const form = (name: string, body: string): WorstCase => post(name, "application/x-www-form-urlencoded", body);
const text = (name: string, body: string): WorstCase => post(name, "text/plain", body);

const DEEP = 16_000;
const TIMES = 64;

function manyFields(count: number, value: string): string {
  return `{${Array.from({ length: count }, (_, n) => `"f${n}":"${value}"`).join(",")}}`;
}

function multipart(): WorstCase {
  const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\' or 1=1--\r\n';
  return post("64 KB of small parts", "multipart/form-data; boundary=b", `${fill(part, BODY - 8)}\r\n--b--`);
}

/** Bodies are as long as the plugin looks at by default, targets as long as nginx takes by default. */
export const WORST_CASES: WorstCase[] = [
  json("JSON 16,000 levels deep", `${"[".repeat(DEEP)}"' or 1=1"${"]".repeat(DEEP)}`),
  json("JSON objects 6,000 levels deep", `${'{"a\'":'.repeat(6000)}"' or 1=1--"${"}".repeat(6000)}`),
  json("4,000 fields of JSON with quotes", manyFields(4000, "a' or")),
  json("9,000 short strings of JSON that look meant", `[${fill('"\'a(",', BODY - 7)}"x"]`),
  json("64 KB of quotes in one string of JSON", `{"q":"${fill("('", BODY - 8)}"}`),
  json("64 KB of escapes in JSON", `{"q":"${fill("\\u0027\\u003c", BODY - 8)}"}`),
  json("keys of operators", `{${fill('"$ne":1,', BODY - 10)}"a":1}`),
  json("JSON in JSON", JSON.stringify({ a: fill('{"b":"\' or (1)"},', 28_000) })),
  form("1,000 short attacks in a form", fill("a='or&", BODY)),
  form("one name 60 times", fill("a=%27or(1)&", 660)),
  form("64 KB of escapes in escapes", fill("%2525252527", BODY)),
  text("64 KB of one word", `'=${fill("a", BODY - 2)}`),
  text("64 KB of comments", fill("'/**/", BODY)),
  text("64 KB of opened comments", fill("'/*", BODY)),
  text("64 KB of words of SQL", fill("select ' union from (", BODY)),
  text("64 KB of entities", fill("&#x27;&lt;", BODY)),
  text("64 KB of overlong and wide characters", fill("\u{ff07}\u{ff1c}\u{ff53}", BODY / 3)),
  post("64 KB of XML", "application/xml", `<a>${fill("<b c=\"'\">&lt;x('</b>", BODY - 8)}</a>`),
  multipart(),
  get("8 KB of quotes in a query", `q=${fill("('", TARGET)}`),
  get("8 KB of escapes in a query", `q=${fill("%252527", TARGET)}`),
  get("2,000 parameters", fill("a='&", TARGET)),
  get("base64 in every parameter", fill("a=JyBvciAxPTEtLSA8c2NyaXB0PmFsZXJ0KDEp&", TARGET)),
  get("64 parameters of one name", `${"a=%27or&".repeat(TIMES)}b=1`),
];
