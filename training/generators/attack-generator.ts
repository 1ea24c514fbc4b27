/** What every class's generator is made of: a grammar of values, disguises, the places they go to, and shapes of whole requests. */
import type { PayloadClass } from "../../contract/categories.ts";
import type { Random } from "../../demo/random.ts";
import type { Draft } from "../request.ts";
import { expand, type Grammar, loadGrammar } from "./grammar.ts";
import { type Place, placeValue } from "./places.ts";

export interface PlacedAttack {
  draft: Draft;
  /** Of `places.ts`, or the name of a whole request's shape. */
  place: string;
  /** The value that was placed. */
  payload?: string;
}

export interface AttackGenerator {
  class: PayloadClass;
  /** Share among all generators. */
  weight: number;
  generate(random: Random): PlacedAttack;
}

/** Rewrites a value so that it means the same to its target. */
export type Disguise = (random: Random, value: string) => string;

/** A request that is an attack as a whole; `shape` names it. */
export interface WholeRequest {
  shape: string;
  write(random: Random): Draft;
}

export interface Recipe {
  class: PayloadClass;
  weight: number;
  /** Places that suit the class, once for each unit of weight. */
  places?: readonly Place[];
  disguises?: readonly Disguise[];
  whole?: readonly WholeRequest[];
  /** Share of whole requests. */
  wholeShare?: number;
}

export const ANY_PLACE: readonly Place[] = [
  ...Array<Place>(12).fill("query-value"),
  ...Array<Place>(5).fill("form"),
  ...Array<Place>(5).fill("json"),
  ...Array<Place>(2).fill("nested-json"),
  ...Array<Place>(2).fill("cookie"),
  ...Array<Place>(2).fill("path"),
  "query-name",
  "whole-query",
  "form-name",
  "json-name",
  "json-in-json",
  "xml",
  "xml-attribute",
  "multipart",
  "filename",
  "upload",
  "user-agent",
  "referer",
  "header",
  "header",
  "text",
  "graphql",
];

const DISGUISED = 0.4;

/** A value of the grammar, as it is or disguised. */
function writeValue(random: Random, grammar: Grammar, disguises: readonly Disguise[]): string {
  let value = expand(random, grammar);
  if (disguises.length === 0 || !random.chance(DISGUISED)) return value;
  for (let times = random.between(1, 2); times > 0; times -= 1) value = random.pick(disguises)(random, value);
  return value;
}

export function createGenerator(recipe: Recipe): AttackGenerator {
  const grammar = loadGrammar(recipe.class);
  const { places = ANY_PLACE, disguises = [], whole = [], wholeShare = 0 } = recipe;
  return {
    class: recipe.class,
    weight: recipe.weight,
    generate: (random) => {
      if (whole.length > 0 && random.chance(wholeShare)) {
        const { shape, write } = random.pick(whole);
        return { draft: write(random), place: shape };
      }
      const place = random.pick(places);
      const payload = writeValue(random, grammar, disguises);
      return { draft: placeValue(random, place, payload), place, payload };
    },
  };
}
