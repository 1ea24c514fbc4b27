import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPayload } from "../../training/lua-on-node/load.ts";
import { rulesDigest } from "../../training/rules-digest.ts";

const [{ TRAINED }, { RULES }, { TOKEN_KINDS }] = await Promise.all(
  ["model/trained", "rules/index", "tokens"].map(loadPayload),
);
const FILE = "../../plugin-src/kong/plugins/threat-response/payload/model/trained.ts";
const model = readFileSync(join(import.meta.dirname, FILE), "utf8");
const PAIRS_OF_TOKENS = 1024;
const LARGEST_FILE = 120 * 1024;

/** Rules are tied to the model by their numbers. Where one of these fails, `npm run train -- --seed 1` writes a model that fits. */
describe("the trained model", () => {
  it("was trained with the rules that there are, in their order", () => {
    expect(/with rules (\w+);/.exec(model)?.[1]).toBe(rulesDigest(RULES));
  });

  it("knows what each rule is worth, and what it says of each class", () => {
    for (const worth of [TRAINED.worth, TRAINED.worthInText, TRAINED.worthAlone])
      expect(worth).toHaveLength(RULES.length);
    const lengths = TRAINED.classRows.map((row: string) => row.length);
    expect(lengths).toEqual(TRAINED.classes.map(() => TOKEN_KINDS + PAIRS_OF_TOKENS + RULES.length));
  });

  it("is a file of at most 120 KB", () => {
    expect(model.length).toBeLessThanOrEqual(LARGEST_FILE);
  });
});
