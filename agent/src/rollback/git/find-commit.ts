import { referenceOf } from "../../drivers/collections.ts";
import type { Configuration, Entity } from "../../drivers/gateway.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { type ChangeRow, getConfiguration, listMarkers } from "../../store/history.ts";
import type { EntityDiff } from "../history/diff.ts";
import { StateFileError } from "../state-files/parse.ts";
import { type Commit, type Repository, RepositoryError } from "./repository.ts";
import { planRevert, type RevertPlan } from "./revert.ts";

/** A commit is synced within so long. */
const LOOK_BACK_MS = 60 * 60_000;
const COMMITS = 20;

type Stored = Pick<ResponseParts, "db" | "gateway">;

/** Of those that can have brought the change, what is known already or CI named first, then the newest: the one whose revert touches what the change touched. */
export async function findCommit(
  response: Stored,
  repository: Repository,
  change: ChangeRow,
  culprits: readonly EntityDiff[],
): Promise<RevertPlan | null> {
  for (const sha of await candidates(response, repository, change)) {
    const plan = await planIfTouching(response, repository, { sha, change, culprits });
    if (plan !== null) return plan;
  }
  return null;
}

async function candidates(
  { db, gateway }: Stored,
  repository: Repository,
  { applied_at, commit }: ChangeRow,
): Promise<Set<string>> {
  const marked = await listMarkers(db, gateway, applied_at - LOOK_BACK_MS);
  const listed = await recentCommits(repository, applied_at);
  return new Set([...[commit, ...marked].flatMap((one) => one?.sha ?? []), ...listed.map(({ sha }) => sha)]);
}

export const recentCommits = (repository: Repository, applied_at: number): Promise<Commit[]> =>
  repository.history({ since_ms: applied_at - LOOK_BACK_MS, limit: COMMITS });

interface Sought {
  sha: string;
  change: ChangeRow;
  culprits: readonly EntityDiff[];
}

/** What taking the commit back would do, when that touches one of the culprits. */
export async function planIfTouching(
  { db, gateway }: Stored,
  repository: Repository,
  { sha, change, culprits }: Sought,
): Promise<RevertPlan | null> {
  const plan = await planRevert(repository, sha).catch(nullIfUnusable);
  if (plan === null) return null;
  const before = await getConfiguration(db, gateway, change.before_hash);
  const after = await getConfiguration(db, gateway, change.after_hash);
  const keys = culprits.map((diff) => stateFileKey(diff, diff.op === "removed" ? before : after));
  return keys.some((key) => touches(plan, key)) ? plan : null;
}

/** A commit that cannot be read or taken back is none that explains anything. */
function nullIfUnusable(error: unknown): null {
  const isUnusable =
    error instanceof StateFileError ||
    (error instanceof RepositoryError && (error.code === "invalid" || error.code === "not_found"));
  if (isUnusable) return null;
  throw error;
}

const touches = ({ patch }: RevertPlan, name: string): boolean =>
  [...patch.entities, ...patch.conflicts.map(({ key }) => key)].some(
    (key) => key === name || key.startsWith(`${name}/`) || name.startsWith(`${key}/`),
  );

/** What decK's files call the entity: below its service and route. */
function stateFileKey({ type, before, after }: EntityDiff, configuration: Configuration | null): string {
  const entity = after ?? before;
  if (entity === null || configuration === null) return "";
  const own = `${type}[${ownName(type, entity)}]`;
  const holders =
    type === "plugins" ? PLUGIN_HOLDERS : type === "targets" ? TARGET_HOLDERS : type === "routes" ? ROUTE_HOLDERS : [];
  for (const [field, of] of holders) {
    const id = referenceOf(entity, field);
    if (id !== null) return prefixOf(of, id, configuration) + own;
  }
  return own;
}

type Holder = "services" | "routes" | "upstreams" | "consumers";
const ROUTE_HOLDERS: readonly [string, Holder][] = [["service", "services"]];
const TARGET_HOLDERS: readonly [string, Holder][] = [["upstream", "upstreams"]];
const PLUGIN_HOLDERS: readonly [string, Holder][] = [
  ["route", "routes"],
  ["service", "services"],
  ["consumer", "consumers"],
];

function prefixOf(type: Holder, id: string, configuration: Configuration): string {
  const entity = configuration.entities[type]?.find((one) => one.id === id);
  if (entity === undefined) return "";
  const service = type === "routes" ? referenceOf(entity, "service") : null;
  const above = service === null ? "" : prefixOf("services", service, configuration);
  return `${above}${type}[${ownName(type, entity)}]/`;
}

function ownName(type: string, { id, ...fields }: Entity): string {
  const name =
    type === "consumers" ? (fields.username ?? fields.custom_id) : type === "targets" ? fields.target : fields.name;
  return typeof name === "string" ? name : `id:${id}`;
}
