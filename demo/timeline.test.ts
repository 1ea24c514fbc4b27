import { describe, expect, it } from "vitest";
import { HOSTILE_STRINGS } from "../test/support/hostile-strings.ts";
import { clock, createTimeline, wrap } from "./timeline.ts";

describe("the timeline", () => {
  it("shows minutes and tenths of seconds", () => {
    expect(clock(83_450)).toBe("01:23.5");
    expect(clock(4_000)).toBe("00:04.0");
  });

  it("breaks lines at spaces", () => {
    expect(wrap("aa bb cc", 5)).toEqual(["aa bb", "cc"]);
    expect(wrap("long-word b", 4)).toEqual(["long-word", "b"]);
  });

  it.each(Object.entries(HOSTILE_STRINGS))("shows what an attacker wrote and does not obey it: %s", (_name, text) => {
    let written = "";
    const timeline = createTimeline((chunk) => {
      written += chunk;
    });
    timeline.say("seen", `injection: ${text}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(written.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(
      written
        .split("\n")
        .slice(1, -1)
        .every((line) => line.startsWith(" ".repeat(20))),
    ).toBe(true);
  });
});
