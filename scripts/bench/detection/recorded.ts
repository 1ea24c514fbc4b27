/** Corpora: per source, and per class or site. */

import { classOf } from "../../../training/class-names.ts";
import type { LabelledRequest } from "../../../training/request.ts";
import type { Corpus } from "./corpora.ts";
import { type Basis, type Detail, rateDetails } from "./detail.ts";
import { groupBy, type Judged, judge, rateOf } from "./judge.ts";

export interface JudgedCorpus {
  source: string;
  basis: Basis;
  judged: Judged<LabelledRequest>[];
}

export async function judgeCorpora(corpora: readonly Corpus[], basis: Basis): Promise<JudgedCorpus[]> {
  const all: JudgedCorpus[] = [];
  for (const { source, requests } of corpora) all.push({ source, basis, judged: await judge(requests) });
  return all;
}

const FEW = 20;

/** The whole, and its classes or sites where there are enough requests to tell. */
export function corpusDetails({ source, basis, judged }: JudgedCorpus): Detail[] {
  return [...groupBy(judged, ({ request }) => request.label)].flatMap(([label, group]) => {
    const isAttack = label === "malicious";
    const section = `corpus ${source}`;
    const parts = [
      ...groupBy(group, ({ request }) => (isAttack ? classOf(request.category) : undefined) ?? request.category),
    ];
    const told = parts.length === 1 ? [] : parts.filter(([, part]) => part.length >= FEW);
    return [
      ...rateDetails({ section, name: `${source} ${label}`, basis }, isAttack, rateOf(group)),
      ...told.flatMap(([name, part]) =>
        rateDetails({ section, name: `${source} ${name}`, basis }, isAttack, rateOf(part)),
      ),
    ];
  });
}
