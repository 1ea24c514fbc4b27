import type { DecisionAction } from "../../../contract/decision-feed.ts";
import { asIfRecorded, type EffectSource } from "../actions/foresee.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { subjectOf } from "../actions/subject.ts";
import type { Configuration, Entity } from "../drivers/gateway.ts";
import { conditionSchema } from "../hot-patch/index.ts";
import type { PlannedAction } from "../policy/plan.ts";
import type { PlannedDecision } from "../preview/decisions.ts";
import type { PlannedOverlay } from "../preview/overlays.ts";
import { patchMatches } from "../preview/patch-match.ts";
import { foreignId } from "../preview/plugins-in-effect.ts";
import type { PlannedEffects } from "../preview/preview.ts";
import type { PlannedPatch } from "../preview/replay.ts";

/** Everything the actions would write, read off their own declarations. Throws `ActionRefused` as they do. */
export function effectsOf(actions: readonly PlannedAction[], source: EffectSource): PlannedEffects {
  const changes = actions.map((action) => changesOf(action, source));
  return {
    changes: changes.flat(),
    overlays: actions.flatMap((action, i) => overlayOf(action, changes[i] ?? [], source.configuration)),
    decisions: actions.filter(({ vehicle }) => vehicle === "decision").flatMap(decisionOf),
    patches: actions.flatMap(patchOf),
  };
}

function overlayOf(
  { type, target }: PlannedAction,
  changes: PlannedEffects["changes"],
  { entities }: Configuration,
): PlannedOverlay[] {
  const route = changes.flatMap((change) =>
    change.op === "create" && change.type === "routes" ? [change.entity] : [],
  )[0];
  const original = entities.routes?.find(({ id }) => id === target.route_id);
  if (type !== "overlay_route" || route === undefined || original === undefined) return [];
  const place = (entity: Entity) => ({ route_id: entity.id, service_id: foreignId(entity, "service") });
  return [{ client: subjectOf(target), original: place(original), copy: place(route) }];
}

/** A hot patch is replayed by its condition tree, not by its Lua. */
function patchOf({ target, params }: PlannedAction): PlannedPatch[] {
  const parsed = conditionSchema.safeParse(params.when);
  if (!parsed.success || params.log === 1) return [];
  const tree = parsed.data;
  return [
    {
      route_id: target.route_id || null,
      service_id: target.service_id || null,
      matches: (request) => patchMatches(tree, request),
      status: typeof params.status === "number" ? params.status : 403,
      ...(typeof params.share === "number" ? { share: params.share } : {}),
    },
  ];
}

export function changesOf(planned: PlannedAction, source: EffectSource): PlannedEffects["changes"] {
  const changes = ACTION_KINDS[planned.type].changes?.(
    asIfRecorded(planned, source),
    source.configuration,
    source.gateway,
  );
  return changes ?? [];
}

const ACTIONS: readonly string[] = ["allow", "throttle", "block"] satisfies DecisionAction[];
const KINDS: readonly string[] = ["ip", "credential", "consumer", "route"] satisfies PlannedDecision["kind"][];

function decisionOf({ target, params }: PlannedAction): PlannedDecision[] {
  const { kind = "ip", value = "" } = target;
  const action = String(params.action ?? "block");
  if (params.log === 1 || !ACTIONS.includes(action) || !KINDS.includes(kind)) return [];
  const text = (name: string) => (typeof params[name] === "string" ? { [name]: params[name] } : {});
  const number = (name: string) => (typeof params[name] === "number" ? { [name]: params[name] } : {});
  const list = (name: string) => (typeof params[name] === "string" ? { [name]: params[name].split(",") } : {});
  return [
    {
      action: action as DecisionAction,
      kind: kind as PlannedDecision["kind"],
      value,
      ...number("rps"),
      ...number("share"),
      ...text("scope"),
      ...text("route"),
      ...list("methods"),
      ...list("paths"),
    },
  ];
}
