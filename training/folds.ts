/** Held-out parts: whole sources of attacks and whole sites of benign traffic, never rows at random. */
import type { Sample } from "./dataset.ts";

export const FOLDS = 5;

/** Sources that belong together because one quotes the other are held out together. */
const SOURCE_FOLDS: Record<string, number> = {
  httpparams: 0,
  libinjection: 1,
  modsec_learn: 2,
  blns: 2,
  payloadbox: 3,
  payloadsallthethings: 4,
};

const SITE_SOURCES = ["browser_benign", "api_benign", "benign_ua"];
/** One category of many documents: neighbours come from one place, so it is cut into runs. */
const DOCUMENTS = "md-doc-body";
const DOCUMENTS_IN_RUN = 48;

export const isSiteTraffic = (sample: Sample): boolean => SITE_SOURCES.includes(sample.source);

/** Addresses inside a network, and operators of document databases, are what attacks are made of: only who knows that these are sent in earnest can tell. */
const SHARED_KINDS = ["addresses", "filters"];

/** Traffic of programs: the recorded one, and what is generated. Kinds that attacks share are held out like attacks, and held against nobody. */
export const isHardTraffic = ({ source, group, isAttack }: Sample): boolean =>
  !isAttack && (source === "api_benign" || (source === "generated" && !SHARED_KINDS.includes(group)));

function siteOf(sample: Sample, documents: Map<Sample, number>): string {
  const run = documents.get(sample);
  return `${sample.source} ${sample.group} ${run === undefined ? "" : Math.floor(run / DOCUMENTS_IN_RUN)}`;
}

/**
 * The fold in which each sample is held out; -1: in none. Of generated traffic whole kinds are held out, generated attacks at random: how well
 * their own classes are found is told by the sources that nobody generated.
 */
export function assignFolds(samples: Sample[]): number[] {
  const documents = new Map<Sample, number>();
  for (const sample of samples) if (sample.group === DOCUMENTS) documents.set(sample, documents.size);
  const sites = [...new Set(samples.filter(isSiteTraffic).map((sample) => siteOf(sample, documents)))].sort();
  const foldOfSite = new Map(sites.map((site, i) => [site, i % FOLDS]));
  const generated = samples.filter((sample) => sample.source === "generated" && isHardTraffic(sample));
  const kinds = [...new Set(generated.map(({ group }) => group))].sort();
  return samples.map((sample, i) => {
    if (isSiteTraffic(sample)) return foldOfSite.get(siteOf(sample, documents))!;
    if (sample.source !== "generated") return SOURCE_FOLDS[sample.source] ?? -1;
    return isHardTraffic(sample) ? kinds.indexOf(sample.group) % FOLDS : i % FOLDS;
  });
}
