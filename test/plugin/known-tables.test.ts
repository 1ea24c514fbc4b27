import { describe, expect, it } from "vitest";
import { scoreLines } from "../../scripts/score/scorer.ts";
import { agentRows, conditionsOf, exploitRows, type KnownRow, pathRows } from "./known-rows.ts";

const all = [...agentRows, ...exploitRows, ...pathRows];
const PARTS = ["path", "once", "raw", "query", "rawquery", "target", "input", "arg", "body", "header", "method"];
const ANCHORED = ["path", "once", "query", "arg", "target", "header"];
const SHORTEST_ANCHOR = 3;

/** What a client would send so that a row's conditions hold: the first literal of each, put together. */
function requestFor(row: KnownRow): object {
  const parts: Record<string, string[]> = { path: [], query: [], body: [] };
  const headers: Record<string, string> = { Host: "api.example.com" };
  let method = "POST";
  let ending = "";
  let raw = "";
  let isWhole = "";
  for (const { part, name, relation, literals } of conditionsOf(row)) {
    const literal = literals[0]!;
    if (part === "method") method = literal.toUpperCase();
    else if (part === "header") headers[name] = `${headers[name] ?? ""}${literal || "x"}`;
    else if (part === "body" && relation === "=") isWhole = literal;
    else if (part === "body" || part === "input") parts.body!.push(literal);
    else if (["query", "rawquery", "arg"].includes(part)) parts.query!.push(part === "arg" ? `${literal}=1` : literal);
    else if (relation === "$") ending = literal;
    else if (part === "raw") raw += literal;
    else if (relation === "^") parts.path!.unshift(literal);
    else parts.path!.push(literal);
  }
  const encoded = (text: string) => text.replace(/[^!$&-;=@-~]|\^|`/g, (char) => encodeURIComponent(char));
  const path = `${encoded(`${parts.path!.join("x/")}`)}${raw}${encoded(ending)}`.replace(/\?/g, "%3f");
  return {
    method,
    path: path.startsWith("/") ? path : `/${path}`,
    query: parts.query!.map((text) => text.replace(/[#&+%](?![0-9a-f]{2})| /g, (c) => encodeURIComponent(c))).join("&"),
    headers,
    body: isWhole || parts.body!.join(" "),
  };
}

async function score(requests: object[]) {
  const { scored, errors } = await scoreLines(
    requests.map((request, id) => `${JSON.stringify({ id, ...request })}\n`).join(""),
  );
  expect(errors).toBe("");
  return scored;
}

describe("tables of known bad things", () => {
  it("name each entry once, with a source and a date", () => {
    const ids = all.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(all.filter(({ id, source }) => !/^[a-z0-9-]+$/.test(id) || source === "")).toEqual([]);
    expect(all.filter(({ date }) => !(/^20[012]\d-\d\d-\d\d$/.test(date) && Date.parse(date) > 0))).toEqual([]);
  });

  it("block from 70 on, and only flag below", () => {
    const wrong = all.filter(({ action, score }) =>
      action === "block" ? score < 70 || score > 100 : score < 40 || score > 69,
    );
    expect(wrong).toEqual([]);
  });

  it("know more than 300 exploits of the kind that have a CVE, none dated before its number", () => {
    const numbered = exploitRows.filter(({ source }) => /^CVE-\d{4}-\d{4,}$/.test(source));
    expect(new Set(numbered.map(({ source }) => source)).size).toBeGreaterThan(300);
    const early = numbered.filter(({ source, date }) => Number(date.slice(0, 4)) < Number(source.slice(4, 8)));
    expect(early).toEqual([]);
  });

  it("search for something rare first, in lower case, in parts that exist", () => {
    const wrong = [...exploitRows, ...pathRows].flatMap((row) =>
      conditionsOf(row).flatMap(({ part, literals }, i) => {
        const isAnchor = i === 0 && part !== "header";
        const isBad =
          !(i === 0 ? ANCHORED : PARTS).includes(part) ||
          literals.some((text) => text !== text.toLowerCase() || (isAnchor && text.length < SHORTEST_ANCHOR));
        return isBad ? [`${row.id}: ${part} ${literals.join(" or ")}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("find what each of their own entries describes", async () => {
    const rows = [...exploitRows, ...pathRows];
    const scored = await score(rows.map(requestFor));
    const missed = rows.filter((row, i) => scored[i]!.score < row.score);
    expect(missed.map((row) => `${row.id}: ${JSON.stringify(requestFor(row))}`)).toEqual([]);
  });

  it("find each agent by each of its words", async () => {
    const cases = agentRows.flatMap((row) =>
      row.rest
        .split(" or ")
        .map((word) => ({ row, agent: `Mozilla/5.0 (compatible; ${word.replace(/\*$/, "xy")} 1.0)` })),
    );
    const scored = await score(
      cases.map(({ agent }) => ({ method: "GET", path: "/", headers: { "User-Agent": agent } })),
    );
    expect(cases.filter(({ row }, i) => scored[i]!.score < row.score).map(({ agent }) => agent)).toEqual([]);
  });
});
