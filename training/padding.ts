/** Copies of attacks between paragraphs, behind them or before them: what length and neighbours of the worst place mean is learned from these. */
import { type Random, seeded } from "../demo/random.ts";
import { findCarrier } from "./carrier.ts";
import type { Corpus } from "./corpora.ts";
import { expand, loadGrammar } from "./generators/grammar.ts";

const prose = loadGrammar("prose");
/** Of each source at most. */
const COPIES = 1000;
const COPIES_OF_GENERATED = 4000;
/** A longer value is a text already. */
const LONGEST = 600;

function paragraphs(random: Random, least: number): string {
  const separator = random.pick([" ", " ", "\n", "\n\n"]);
  let text = "";
  while (text.length < least) text += expand(random, prose, random.chance(0.7) ? "english" : undefined) + separator;
  return text;
}

function pad(random: Random, value: string): string {
  const kind = random.between(0, 3);
  if (kind === 0) return paragraphs(random, 3000) + value;
  if (kind === 1) return `${value} ${paragraphs(random, 400)}`;
  return `${paragraphs(random, random.between(100, 500))}${value} ${paragraphs(random, random.between(100, 500))}`;
}

function padCorpus(random: Random, { source, requests }: Corpus): Corpus {
  const attacks = requests.filter(({ label }) => label === "malicious");
  const count = Math.min(attacks.length, source === "generated" ? COPIES_OF_GENERATED : COPIES);
  const padded = Array.from({ length: count }, (_, i) => attacks[Math.floor((i * attacks.length) / count)]!).flatMap(
    (request) => {
      const value = findCarrier(request)?.value;
      if (value === undefined || value.length > LONGEST) return [];
      const body = JSON.stringify({ text: pad(random, value) });
      const headers = { "Content-Type": "application/json" };
      return [{ ...request, method: "POST", path: "/", query: "", headers, body }];
    },
  );
  return { source, requests: padded, isPadded: true };
}

export function padCorpora(corpora: readonly Corpus[], seed: number): Corpus[] {
  const random = seeded(seed);
  return corpora.map((corpus) => padCorpus(random, corpus)).filter(({ requests }) => requests.length > 0);
}
