/** How often a blocked attack is given its right class. */
import { classOf } from "../../../training/class-names.ts";
import type { Detail } from "./detail.ts";
import type { Generated } from "./generated.ts";
import { groupBy, percent } from "./judge.ts";
import type { JudgedCorpus } from "./recorded.ts";

interface Named {
  expected: string;
  found: string;
}

const isRight = ({ expected, found }: Named) => expected === found;

function details(section: string, basis: Detail["basis"], named: readonly Named[]): Detail[] {
  const share = (name: string, part: readonly Named[]): Detail => {
    return {
      section,
      name,
      basis,
      value: percent(part.filter(isRight).length, part.length),
      unit: "%",
      total: part.length,
    };
  };
  return [
    share("all", named),
    ...[...groupBy(named, ({ expected }) => expected)].map(([name, part]) => share(name, part)),
  ];
}

export function generatedLabels({ attacks }: Generated): Detail[] {
  const named = attacks
    .filter(({ blocked }) => blocked)
    .map(({ request, class: found }) => ({ expected: request.class, found: found ?? "" }));
  return details("class named right, generated", "unseen seed", named);
}

export function recordedLabels(corpora: readonly JudgedCorpus[]): Detail[] {
  const named = corpora.flatMap(({ judged }) =>
    judged.flatMap(({ request, blocked, class: found }) => {
      const expected = request.label === "malicious" ? classOf(request.category) : undefined;
      return blocked && expected ? [{ expected, found: found ?? "" }] : [];
    }),
  );
  return details("class named right, corpora", corpora[0]?.basis ?? "seen", named);
}
