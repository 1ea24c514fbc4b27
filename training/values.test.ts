import { expect, test } from "vitest";
import { seeded } from "../demo/random.ts";
import { generateAttacks, generateBenign } from "./generators/index.ts";
import { takeApart } from "./values.ts";

const requests = [...generateAttacks(seeded(1), 200), ...generateBenign(seeded(2), 200)];
const names = Array.from({ length: 20 }, (_, i) => `X-Part-${i}`);
const manyHeaders = { ...requests[0]!, headers: Object.fromEntries(names.map((name) => [name, `<b>${name}</b>`])) };

test("every process takes requests apart into the same values, in the same order", () => {
  const [once, again] = [takeApart([...requests, manyHeaders]), takeApart([...requests, manyHeaders])];
  expect(again.ofRequest).toEqual(once.ofRequest);
  expect(Buffer.concat(again.bytes)).toEqual(Buffer.concat(once.bytes));
  expect(again.at).toEqual(once.at);
});
