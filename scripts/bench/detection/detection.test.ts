import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CLASSES } from "../../../contract/categories.ts";
import { classOf } from "../../../training/class-names.ts";
import { readCorpora } from "./corpora.ts";
import { heldOutDetails, heldOutRate, readHeldOut } from "./held-out.ts";
import { addRates, groupBy, percent } from "./judge.ts";
import { type Evidence, formatRow, tableMeasures } from "./table.ts";

const heldOut = {
  seed: 1,
  rows: [
    { source: "httpparams", group: "sqli", label: "malicious" as const, total: 100, flagged: 99, blocked: 98 },
    { source: "httpparams", group: "xss", label: "malicious" as const, total: 100, flagged: 99, blocked: 96 },
    { source: "browser_benign", group: "web-a", label: "benign" as const, total: 1000, flagged: 4, blocked: 1 },
  ],
  labels: { right: 90, total: 100 },
};

const loss = (name: string, before: number, after: number) => ({ name, total: 10, before, after });

const evidence: Evidence = {
  corpora: [],
  heldOut,
  generated: { attacks: [], benign: [] },
  losses: [
    loss("base64", 90, 89),
    loss("HTML entities", 90, 85),
    loss("8 KB prefix", 90, 87),
    loss("prose on both sides", 90, 88),
  ],
  encoded: loss("two encodings over each other", 90, 80),
  labels: [{ section: "x", name: "all", basis: "unseen seed", value: 93, unit: "%", total: 10 }],
};

describe("the table", () => {
  it("prefers held-out figures, and says whether targets are met", () => {
    const rows = Object.fromEntries(tableMeasures(evidence).map((row) => [row.name, row]));
    expect(rows["TPR on the large payload sets"]).toMatchObject({ value: 97, met: false, basis: "held out" });
    expect(rows["FPR on browser traffic"]).toMatchObject({ value: 0.1, met: true, basis: "held out" });
    expect(rows["class label right on hits"]).toMatchObject({ value: 93, met: true });
  });

  it("names the costliest of the encodings and of the paddings", () => {
    const rows = Object.fromEntries(tableMeasures(evidence).map((row) => [row.name, row.value]));
    expect(rows["TPR lost to one more encoding"]).toBe(5);
    expect(rows["TPR lost to padding"]).toBe(3);
  });

  it("leaves out what nothing was measured for", () => {
    expect(tableMeasures(evidence).map(({ name }) => name)).not.toContain("TPR on whole exploit requests");
  });

  it("tells the direction of a target", () => {
    const [first] = tableMeasures(evidence);
    expect(formatRow(first!)).toContain("at most 0.2: met");
  });

  it("takes corpora that nobody has seen before everything else", () => {
    const request = {
      id: "1",
      label: "benign",
      category: "x",
      method: "GET",
      path: "/",
      query: "",
      headers: {},
      body: "",
    };
    const judged = [
      { request: { ...request, label: "benign" as const }, score: 99, class: null, flagged: true, blocked: true },
    ];
    const corpora = [{ source: "browser_elsewhere", basis: "unseen" as const, judged }];
    expect(tableMeasures({ ...evidence, corpora })[0]).toMatchObject({ value: 100, met: false, basis: "unseen" });
  });
});

describe("recorded requests", () => {
  const folder = mkdtempSync(join(tmpdir(), "corpora-"));
  const lines = Array.from({ length: 30 }, (_, id) =>
    JSON.stringify({ id: String(id), label: "benign", category: "a" }),
  );
  writeFileSync(join(folder, "some.jsonl.gz"), gzipSync(`${lines.join("\n")}\n`));

  it("are read whole, or every tenth from an offset of the seed", () => {
    expect(readCorpora(folder, 1, 1)[0]).toMatchObject({ source: "some", requests: { length: 30 } });
    expect(readCorpora(folder, 10, 3)[0]!.requests.map(({ id }) => id)).toEqual(["3", "13", "23"]);
  });

  it("may be missing", () => {
    expect(readCorpora(join(folder, "nowhere"), 1, 1)).toEqual([]);
  });

  it.each([
    ["path-traversal", "traversal"],
    ["lfi", "traversal"],
    ["nosqli", "nosqli"],
    ["blns/SQL Injection", "sqli"],
    ["blns/Server Code Injection", "cmdi"],
    ["blns/jinja2 injection", "ssti"],
    ["scanner-ua", undefined],
  ])("call %s what the plugin calls %s", (category, expected) => {
    expect(classOf(category)).toBe(expected);
  });

  it.each(CLASSES)("may use the plugin's own name %s", (name) => {
    expect(classOf(name)).toBe(name);
  });
});

describe("held-out figures", () => {
  it("are added up by source", () => {
    expect(heldOutRate(heldOut, /httpparams/, "malicious")).toEqual({ total: 200, flagged: 198, blocked: 194 });
    const whole = heldOutDetails(heldOut).find(({ name }) => name === "httpparams malicious (all): TPR at block");
    expect(whole).toMatchObject({ value: 97, total: 200, basis: "held out" });
  });

  it("are nothing without a report", () => {
    expect(readHeldOut("/nonexistent.json")).toBeUndefined();
  });
});

it("counts", () => {
  expect(percent(1, 3)).toBe(33.33);
  expect(percent(0, 0)).toBe(0);
  expect(addRates([])).toEqual({ total: 0, flagged: 0, blocked: 0 });
  expect([...groupBy(["b1", "a1", "b2"], (text) => text[0]!)]).toEqual([
    ["a", ["a1"]],
    ["b", ["b1", "b2"]],
  ]);
});
