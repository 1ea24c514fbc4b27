import { describe, expect, test } from "vitest";
import { HOSTILE_STRINGS } from "../../test/support/hostile-strings.ts";
import { createLog } from "./log.ts";

describe("the log", () => {
  const linesOf = (write: (log: ReturnType<typeof createLog>) => void): string[] => {
    const lines: string[] = [];
    write(createLog("info", (line) => lines.push(line)));
    return lines;
  };

  test.each(Object.entries(HOSTILE_STRINGS))("%s is one line that no terminal acts on", (_name, text) => {
    const lines = linesOf((log) => log.info({ field: text, nested: { [text]: [text] } }, `message ${text}`));
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).not.toMatch(/[^\x20-\x7e]/);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: "info" });
  });

  test("holds no secret, in messages, fields or errors", () => {
    const secret = "hunter2hunter2";
    const cause = new Error(`postgresql://user:${secret}@host/db refused`);
    const [line] = linesOf((log) =>
      log.warn({ err: cause, password: secret, headers: { authorization: `Bearer ${secret}` } }, `password=${secret}`),
    );
    expect(line).not.toContain(secret);
    expect(JSON.parse(line!).err.message).toContain("refused");
  });
});
