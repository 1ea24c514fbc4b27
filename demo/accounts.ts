import type { Random } from "./random.ts";

export interface Account {
  user: string;
  password: string;
}

const FIRST = [
  "mia",
  "noah",
  "lina",
  "emil",
  "ada",
  "sean",
  "chloé",
  "ravi",
  "yuki",
  "omar",
  "eva",
  "lars",
  "zoe",
  "ivan",
];
const LAST = ["o'brien", "schmidt", "garcía", "novak", "rossi", "jensen", "d'angelo", "kim", "singh", "lopez", "meyer"];
const WORDS = ["river", "copper", "violet", "anchor", "maple", "falcon", "ember", "harbor", "walnut", "pepper"];

/** The people who have an account at the demo API. */
export function makeAccounts(random: Random, count: number): Account[] {
  return Array.from({ length: count }, (_, index) => ({
    user: `${random.pick(FIRST)}.${random.pick(LAST)}${index}@example.com`,
    password: `${random.pick(WORDS)}-${random.pick(WORDS)}-${random.between(10, 99)}`,
  }));
}

/** Pairs from some other site's leak: hardly any of them works here. */
export function leakedPair(random: Random, accounts: readonly Account[]): Account {
  const known = random.chance(0.3);
  const user = known ? random.pick(accounts).user : `${random.pick(FIRST)}${random.between(1, 99999)}@example.net`;
  return { user, password: `${random.pick(WORDS)}${random.between(1, 9999)}` };
}
