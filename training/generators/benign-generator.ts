/** A kind of ordinary traffic. */
import type { Random } from "../../demo/random.ts";
import type { Draft } from "../request.ts";
import { plainDraft, plainHeaders } from "./frame.ts";
import { expand, loadGrammar } from "./grammar.ts";
import { type Place, placeValue } from "./places.ts";

export interface BenignGenerator {
  name: string;
  /** Share among all generators. */
  weight: number;
  generate(random: Random): Draft;
}

/** Values of a grammar in the places where people and programs put such values. */
export function valueGenerator(
  name: string,
  weight: number,
  places: readonly Place[],
  grammar = name,
): BenignGenerator {
  const rules = loadGrammar(grammar);
  return { name, weight, generate: (random) => placeValue(random, random.pick(places), expand(random, rules)) };
}

export function postJson(random: Random, path: string, body: unknown): Draft {
  const headers = {
    ...plainHeaders(random),
    "Content-Type": random.pick(["application/json", "application/json; charset=utf-8"]),
  };
  const text = typeof body === "string" ? body : JSON.stringify(body, null, random.pick([0, 0, 0, 2]));
  const method = path.includes(".") ? "POST" : random.pick(["POST", "POST", "PUT", "PATCH"]);
  return { method, path, query: "", headers, body: text };
}

export function postBody(random: Random, contentType: string, body: string): Draft {
  const draft = plainDraft(random);
  draft.headers["Content-Type"] = contentType;
  return { ...draft, method: "POST", body };
}

export function getQuery(random: Random, path: string, query: string): Draft {
  return { ...plainDraft(random), path, query };
}

/** Bytes as code points below 256, for bodies that are no text. */
export function rawBody(draft: Draft, bytes: Buffer): Draft {
  return { ...draft, body: bytes.toString("latin1"), enc: "latin1" };
}
