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

/** The fold in which each sample is held out; -1: in none, as what we generate ourselves. */
export function assignFolds(samples: Sample[]): number[] {
  const documents = new Map<Sample, number>();
  for (const sample of samples) if (sample.group === DOCUMENTS) documents.set(sample, documents.size);
  const siteOf = (sample: Sample) => {
    const run = documents.get(sample);
    return `${sample.source} ${sample.group} ${run === undefined ? "" : Math.floor(run / DOCUMENTS_IN_RUN)}`;
  };
  const sites = [...new Set(samples.filter(isSiteTraffic).map(siteOf))].sort();
  const foldOfSite = new Map(sites.map((site, i) => [site, i % FOLDS]));
  return samples.map((sample) =>
    isSiteTraffic(sample) ? foldOfSite.get(siteOf(sample))! : (SOURCE_FOLDS[sample.source] ?? -1),
  );
}
