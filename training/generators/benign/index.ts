import type { BenignGenerator } from "../benign-generator.ts";
import { addresses } from "./addresses.ts";
import { binary } from "./binary.ts";
import { filters } from "./filters.ts";
import { graphql } from "./graphql.ts";
import { identity } from "./identity.ts";
import { jsonApis } from "./json-api.ts";
import { odata } from "./odata.ts";
import { pages } from "./pages.ts";
import { dialects, exchange, guides, manifests, previews, traces } from "./programs.ts";
import { services } from "./services.ts";
import { telemetry } from "./telemetry.ts";
import { code, logs, markup, prose, reports, search, templates, values } from "./texts.ts";

export const BENIGN_GENERATORS: readonly BenignGenerator[] = [
  prose,
  search,
  code,
  reports,
  values,
  templates,
  logs,
  graphql,
  odata,
  jsonApis,
  telemetry,
  binary,
  pages,
  addresses,
  identity,
  services,
  filters,
  markup,
  manifests,
  guides,
  dialects,
  exchange,
  traces,
  previews,
];
