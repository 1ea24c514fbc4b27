import { describe, expect, it } from "vitest";
import { CLASSES } from "../../contract/categories.ts";
import { seeded } from "../../demo/random.ts";
import type { LabelledRequest } from "../request.ts";
import { BENIGN_GENERATORS } from "./benign/index.ts";
import { EXPLOITS, writeExploit } from "./exploits.ts";
import { expand, parseGrammar } from "./grammar.ts";
import { generateAttacks, generateBenign } from "./index.ts";
import { PLACES } from "./places.ts";

const attacks = generateAttacks(seeded(11), 6000);
const benign = generateBenign(seeded(11), 4000);

/** What cannot stand in a request line or a header. */
const UNSENDABLE = /[^!-~]/;
const UNSENDABLE_IN_HEADER = /[\0\r\n]/;

function flaws({ method, path, query, headers, body, enc }: LabelledRequest): string[] {
  const found: string[] = [];
  if (!/^[A-Z]+$/.test(method)) found.push(`method ${method}`);
  if (!path.startsWith("/") || UNSENDABLE.test(path) || path.includes("?")) found.push(`path ${path}`);
  if (UNSENDABLE.test(query) || query.includes("#")) found.push(`query ${query}`);
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w.-]+$/.test(name) || UNSENDABLE_IN_HEADER.test(value)) found.push(`header ${name}: ${value}`);
  }
  if (enc === "latin1" && /[^\0-\xff]/.test(body)) found.push("body beyond bytes");
  return found;
}

describe("generated requests", () => {
  it("are the same for the same seed and others for another", () => {
    expect(generateAttacks(seeded(3), 300)).toEqual(generateAttacks(seeded(3), 300));
    expect(generateBenign(seeded(3), 300)).toEqual(generateBenign(seeded(3), 300));
    expect(generateAttacks(seeded(3), 50)).not.toEqual(generateAttacks(seeded(4), 50));
  });

  it("could be sent as they are", () => {
    expect([...attacks, ...benign].flatMap((request) => flaws(request).map((flaw) => `${request.id} ${flaw}`))).toEqual(
      [],
    );
  });

  it("survive being written as lines of JSON", () => {
    const lines = [...attacks, ...benign].map((request) => JSON.stringify(request));
    expect(lines.map((line) => JSON.parse(line))).toEqual([...attacks, ...benign]);
  });

  it("are hardly ever alike", () => {
    const distinct = (requests: LabelledRequest[]) =>
      new Set(requests.map(({ path, query, headers, body }) => JSON.stringify([path, query, headers, body]))).size;
    expect(distinct(attacks)).toBeGreaterThan(0.999 * attacks.length);
    expect(distinct(benign)).toBeGreaterThan(0.999 * benign.length);
  });
});

describe("attacks", () => {
  it("are of every class", () => {
    const counts = CLASSES.map((name) => attacks.filter((attack) => attack.class === name).length);
    expect(Math.min(...counts)).toBeGreaterThan(60);
  });

  it("sit in every place of a request", () => {
    const places = new Set(attacks.map(({ place }) => place));
    expect(Object.keys(PLACES).filter((place) => !places.has(place))).toEqual([]);
  });

  it("come as whole requests, too", () => {
    const shapes = new Set(attacks.map(({ place }) => place).filter((place) => !(place in PLACES)));
    const exploits = [...shapes].filter((shape) => shape.startsWith("exploit:"));
    expect(exploits.length).toBeGreaterThan(0.9 * EXPLOITS.length);
    expect(shapes.size - exploits.length).toBeGreaterThan(10);
  });
});

describe("exploit shapes", () => {
  it.each(EXPLOITS)("$name writes requests that could be sent, each time others", (exploit) => {
    const random = seeded(5);
    const drafts = Array.from({ length: 20 }, () => writeExploit(random, exploit));
    const labelled = drafts.map((draft): LabelledRequest => ({ id: "", label: "malicious", category: "", ...draft }));
    expect(labelled.flatMap(flaws)).toEqual([]);
    expect(new Set(drafts.map((draft) => JSON.stringify(draft))).size).toBe(20);
  });

  it("have names of their own", () => {
    expect(new Set(EXPLOITS.map(({ name }) => name)).size).toBe(EXPLOITS.length);
  });
});

describe("benign requests", () => {
  it("are of every kind", () => {
    const kinds = new Set(benign.map(({ category }) => category));
    expect(BENIGN_GENERATORS.map(({ name }) => name).filter((name) => !kinds.has(name))).toEqual([]);
  });

  it("hold JSON that parses where they say so", () => {
    const bodies = benign.filter(
      ({ headers, enc }) => /^application\/json(?:;|$)/.test(headers["Content-Type"] ?? "") && !enc,
    );
    const broken = bodies.filter(({ body }) => {
      try {
        return JSON.parse(body) === undefined;
      } catch {
        return !body.includes("}\n{");
      }
    });
    expect(bodies.length).toBeGreaterThan(500);
    expect(broken).toEqual([]);
  });
});

describe("a grammar", () => {
  const text = "«start» =\n«3x»«name?»-«1-9»-«#1»-«#1»-«$1»-«$1»\n«name» =\n«x¦y»«h:4»«nl»\n» a comment";

  it("writes references, ranges, choices, and what is kept within one text", () => {
    const random = seeded(1);
    const grammar = parseGrammar(text);
    for (let round = 0; round < 200; round += 1) {
      expect(expand(random, grammar)).toMatch(/^(?:[xy][0-9a-f]{4}\n)?-[1-9]-(\d+)-\1-([a-z]+)-\2$/);
    }
  });

  it("names a rule that is missing", () => {
    expect(() => expand(seeded(1), parseGrammar("«start» =\n«nothing»"))).toThrow("«nothing»");
  });

  it("ends however deep its rules recurse", () => {
    const grammar = parseGrammar("«start» =\nx\n«9x»(«start»«start»)");
    expect(expand(seeded(5), grammar).length).toBeLessThan(1_000_000);
  });
});
