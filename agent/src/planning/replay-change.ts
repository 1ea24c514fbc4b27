import type { Configuration } from "../drivers/gateway.ts";
import type { Outcome } from "../preview/outcome.ts";
import { previewPlan } from "../preview/preview.ts";
import type { RecordedRequest } from "../preview/recorded-request.ts";
import { totalsOf } from "../preview/totals.ts";
import type { StateFile } from "../rollback/state-files/parse.ts";
import { changesOfStateFiles } from "./state-file-changes.ts";

/** breaks: a share of a route's legitimate requests beyond the limit would be refused. changes: it does something else to them. */
export type ReplayVerdict = "breaks" | "changes" | "harmless" | "unknown";

/** What would happen to legitimate requests of one route that are served today. */
export interface RouteImpact {
  route: string;
  effect: "refused" | "sent elsewhere" | "served again";
  /** As the client would see it. */
  status: number | null;
  /** The plugin, or `router`. */
  by: string | null;
  requests: number;
  /** Of so many that were recorded there. */
  of: number;
  share: number;
  /** Too few records for a verdict. */
  is_few: boolean;
  /** Only where they were asked for. */
  examples?: { method: string; path: string }[];
}

export interface ChangeReplay {
  verdict: ReplayVerdict;
  records: number;
  requests: number;
  entities: string[];
  routes: RouteImpact[];
  security_removed: string[];
  /** What the replay could not know. */
  notes: string[];
}

export interface ChangeToReplay {
  base: readonly StateFile[];
  head: readonly StateFile[];
  /** Counts tell nothing that is not in the files; examples name recorded paths. */
  detail: "counts" | "examples";
}

/** Fewer records of a route make no verdict. */
const ENOUGH_OF_ROUTE = 20;
const MOST_LINES = 30;
const MOST_EXAMPLES = 3;

/** What recorded requests would have met had the head's files been in force. Pure. Throws `StateFileError`. */
export function replayChange(
  { base, head, detail }: ChangeToReplay,
  configuration: Configuration,
  records: readonly RecordedRequest[],
  maxShare: number,
): ChangeReplay {
  const { changes, entities, left_out, routes } = changesOfStateFiles(base, head, configuration);
  const totals = totalsOf(records);
  const impacts = createImpacts(detail === "examples");
  const effects = { changes, decisions: [], patches: [] };
  const preview = previewPlan(records, configuration, effects, totals, impacts.see);
  const nameOf = namerOf(configuration, routes, detail);
  const shown = impacts.all((route_id) => ({ name: nameOf(route_id), ...countsOf(totals.routes.get(route_id)) }));
  const security_removed = preview.security_removed.map(
    ({ plugin, route_id, change, detail: why }) => `${plugin} on ${nameOf(route_id)} is ${change}: ${why}`,
  );
  const notes = [...preview.notes];
  if (left_out.length > 0) notes.push(`not replayed: ${[...new Set(left_out)].slice(0, MOST_LINES).join(", ")}`);
  return {
    verdict: verdictOf(shown, entities, { maxShare, isSecure: security_removed.length === 0, records: records.length }),
    records: records.length,
    requests: totals.legitimate.requests,
    entities: entities.slice(0, MOST_LINES),
    routes: shown.slice(0, MOST_LINES),
    security_removed: [...new Set(security_removed)].slice(0, MOST_LINES),
    notes,
  };
}

const countsOf = (counted: { records: number; requests: number } | undefined) => counted ?? { records: 0, requests: 0 };

/** Names of routes that are in neither file stay here where only counts are wanted. */
function namerOf({ entities }: Configuration, inFiles: ReadonlySet<string>, detail: ChangeToReplay["detail"]) {
  const names = new Map((entities.routes ?? []).map(({ id, name }) => [id, typeof name === "string" ? name : id]));
  return (route_id: string | null): string => {
    if (route_id === null) return "requests without a route";
    const name = names.get(route_id) ?? route_id;
    return detail === "examples" || inFiles.has(name) ? name : "a route that is not in these files";
  };
}

interface Limits {
  maxShare: number;
  isSecure: boolean;
  records: number;
}

function verdictOf(routes: readonly RouteImpact[], entities: readonly string[], limits: Limits): ReplayVerdict {
  const { maxShare, isSecure, records } = limits;
  if (routes.some(({ effect, share, is_few }) => effect === "refused" && !is_few && share > maxShare)) return "breaks";
  if (routes.length > 0 || !isSecure) return "changes";
  return records === 0 && entities.length > 0 ? "unknown" : "harmless";
}

type Counted = Pick<RouteImpact, "effect" | "status" | "by" | "requests"> & {
  route_id: string | null;
  examples: Map<string, { method: string; path: string }>;
};

function createImpacts(withExamples: boolean) {
  const found = new Map<string, Counted>();
  return {
    see: (request: RecordedRequest, was: Outcome, is: Outcome): void => {
      const effect = request.attack ? null : effectOf(was, is);
      if (effect === null) return;
      const { route_id, method, path, weight } = request;
      const { status, by } = effect === "served again" ? was : is;
      const key = JSON.stringify([route_id, effect, status, by]);
      const counted = found.get(key) ?? { route_id, effect, status, by, requests: 0, examples: new Map() };
      counted.requests += weight;
      if (withExamples && counted.examples.size < MOST_EXAMPLES)
        counted.examples.set(`${method} ${path}`, { method, path });
      found.set(key, counted);
    },
    all: (of: (route_id: string | null) => { name: string; records: number; requests: number }): RouteImpact[] =>
      [...found.values()]
        .sort((a, b) => b.requests - a.requests)
        .map(({ route_id, examples, ...counted }) => {
          const { name, records, requests } = of(route_id);
          const share = requests === 0 ? 0 : counted.requests / requests;
          const shown = withExamples ? { examples: [...examples.values()] } : {};
          return { route: name, ...counted, of: requests, share, is_few: records < ENOUGH_OF_ROUTE, ...shown };
        }),
  };
}

function effectOf(was: Outcome, is: Outcome): RouteImpact["effect"] | null {
  if (was.kind === "passed") return is.kind === "passed" ? null : is.by === "reroute" ? "sent elsewhere" : "refused";
  return is.kind === "passed" ? "served again" : null;
}
