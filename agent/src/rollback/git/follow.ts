import { referenceOf } from "../../drivers/collections.ts";
import type { Configuration, Entity } from "../../drivers/gateway.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { type ChangeRow, getChange, getConfiguration, listMarkers } from "../../store/history.ts";
import { getRollback, type Rollback, updateRollback } from "../../store/rollbacks.ts";
import type { EntityDiff } from "../history/diff.ts";
import { log } from "../record.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { StateFileError } from "../state-files/parse.ts";
import type { Commit, Repository } from "./repository.ts";
import { holdOf, planRevert, proposeRevert, type RevertPlan } from "./revert.ts";

/** A commit is synced within so long. */
const LOOK_BACK_MS = 60 * 60_000;
const COMMITS = 20;

/** Finds the commit that brought the change, holds it, and proposes its revert. Run again, it finds what it made. */
export async function followInGit(parts: RollbackParts, id: string): Promise<void> {
  const { response, repository } = parts;
  const rollback = await getRollback(response.db, id);
  if (rollback === null || repository === null || rollback.change_id === null || rollback.proposal !== null) return;
  const plan = await findCulprit(parts, repository, rollback);
  if (plan === null)
    return log(
      response.db,
      rollback,
      response.now(),
      "action",
      "no commit of the configuration explains the change; nothing is reverted in git",
    );
  const refused = optedOut(parts, plan.commit);
  if (refused !== null) return log(response.db, rollback, response.now(), "action", `git is left alone: ${refused}`);
  const { hold_s, merge } = response.policy().document.rollback;
  const isLive = rollback.status !== "proposed";
  if (isLive) await repository.hold(holdOf(plan, rollback.incident_id, Math.floor(response.now() / 1000) + hold_s));
  const {
    proposal,
    merge: outcome,
    reason,
  } = await proposeRevert(repository, plan, reasonsOf(parts, rollback), isLive && merge);
  const told = outcome === null ? (reason ?? "a human decides") : `${outcome.outcome}: ${outcome.detail}`;
  const kept = {
    sha: plan.commit.sha,
    url: proposal?.url ?? null,
    branch: proposal?.branch ?? null,
    outcome: told,
    held: isLive,
  };
  await updateRollback(response.db, id, { proposal: kept }, response.now());
  const where = proposal?.url ?? proposal?.branch ?? "nothing to propose";
  await log(
    response.db,
    rollback,
    response.now(),
    "action",
    `revert of ${plan.commit.sha.slice(0, 7)}: ${where} (${told})`,
  );
}

async function findCulprit(
  { response }: RollbackParts,
  repository: Repository,
  rollback: Rollback,
): Promise<RevertPlan | null> {
  const change = await getChange(response.db, rollback.change_id ?? "");
  if (change === null) return null;
  return findCommit(response, repository, change, rollback.verdict.suspects[0]?.culprits ?? []);
}

/** What is known already or CI named first, then the newest commits: the one whose revert touches what these diffs of the change touch. */
export async function findCommit(
  { db, gateway }: Pick<ResponseParts, "db" | "gateway">,
  repository: Repository,
  change: ChangeRow,
  diffs: readonly EntityDiff[],
): Promise<RevertPlan | null> {
  const since = change.applied_at - LOOK_BACK_MS;
  const named = [change.commit, ...(await listMarkers(db, gateway, since))].flatMap((one) => one?.sha ?? []);
  const listed = (await repository.history({ since_ms: since, limit: COMMITS })).map(({ sha }) => sha);
  const before = await getConfiguration(db, gateway, change.before_hash);
  const after = await getConfiguration(db, gateway, change.after_hash);
  const wanted = diffs.map((diff) => stateFileKey(diff, diff.op === "removed" ? before : after));
  for (const sha of new Set([...named, ...listed])) {
    const plan = await planRevert(repository, sha).catch((error: unknown) => {
      if (
        error instanceof StateFileError ||
        (error as { code?: string }).code === "invalid" ||
        (error as { code?: string }).code === "not_found"
      )
        return null;
      throw error;
    });
    if (plan !== null && wanted.some((name) => touches(plan, name))) return plan;
  }
  return null;
}

const touches = ({ patch }: RevertPlan, name: string): boolean =>
  [...patch.entities, ...patch.conflicts.map(({ key }) => key)].some(
    (key) => key === name || key.startsWith(`${name}/`) || name.startsWith(`${key}/`),
  );

/** What decK's files call the entity: below its service and route. */
export function stateFileKey({ type, before, after }: EntityDiff, configuration: Configuration | null): string {
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

function optedOut({ response }: RollbackParts, { message, author }: Commit): string | null {
  const { opt_out, protected_authors } = response.policy().document.rollback;
  const line = message
    .split("\n")
    .find((one) => opt_out.some((trailer) => one.toLowerCase().startsWith(trailer.toLowerCase())));
  if (line !== undefined) return "the commit's message asks not to be reverted";
  const names = [author.name, author.email, author.login ?? ""];
  return protected_authors.some((name) => names.includes(name))
    ? `its author ${author.name} is protected by the policy`
    : null;
}

function reasonsOf({ response }: RollbackParts, { verdict, alarm, routes, incident_id }: Rollback) {
  const [first, ...others] = verdict.suspects;
  const share = Math.round((100 * alarm.errors) / Math.max(1, alarm.requests));
  return {
    incident: incident_id,
    evidence: [
      `${share} % of ${alarm.requests} requests had errors since ${new Date(alarm.onset).toISOString()}`,
      ...(first?.reasons ?? []),
      ...others.slice(0, 5).map(({ change, reasons }) => `not change ${change.slice(0, 8)}: ${reasons.join(", ")}`),
    ],
    blast_radius: routes.map((route) => (route === "" ? "requests without a route" : `route ${route}`)),
    publicUrl: response.publicUrl,
  };
}
