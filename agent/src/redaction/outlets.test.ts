import { describe, expect, it } from "vitest";
import { HOSTILE_STRINGS, harmIn, type Outlet } from "../../../test/support/hostile-strings.ts";
import { forCsv, forHtml, forJson, forLog, forMarkdown, forSlack, forTerminal } from "./outlets.ts";

const ENCODERS: Partial<Record<Outlet, (text: string) => string>> = {
  terminal: forTerminal,
  log: forLog,
  markdown: forMarkdown,
  slack: forSlack,
  csv: forCsv,
  html: forHtml,
  json: forJson,
};

const cases = Object.entries(HOSTILE_STRINGS).map(([name, text]) => ({ name, text }));

for (const [outlet, encode] of Object.entries(ENCODERS)) {
  describe(`a field written to ${outlet}`, () => {
    it.each(cases)("is harmless: $name", ({ text }) => expect(harmIn(outlet as Outlet, encode(text))).toBeNull());

    it("would be harmful unwritten, so that the suite can fail", () => {
      expect(cases.filter(({ text }) => harmIn(outlet as Outlet, text) !== null).length).toBeGreaterThan(2);
    });

    it("keeps ordinary words readable", () =>
      expect(encode("Login of 37 users failed")).toContain("Login of 37 users failed"));
  });
}

it("JSON stays the same value", () => {
  for (const { text } of cases) expect(JSON.parse(forJson({ text }))).toEqual({ text });
});
