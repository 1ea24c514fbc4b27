import { z } from "zod";
import { ACTION_KINDS } from "../actions/index.ts";
import { ACTION_TYPES, type ActionType, ON_FAILURES, type OnFailure } from "../store/schema.ts";

const share = z.number().min(0).max(1);
export const seconds = z
  .number()
  .int()
  .min(0)
  .max(7 * 86_400);
const ttl_s = seconds.min(10);

const blockSource = z.strictObject({
  action: z.literal("block_source"),
  ttl_s,
  scope: z.enum(["all", "login"]).default("all"),
  /** What happens to an address with good traffic behind it, or about which nothing is known. */
  shared: z.enum(["observe", "login", "throttle"]).default("observe"),
  /** Of a throttled address. */
  rps: z.number().positive().max(1_000).default(2),
  max_sources: z.number().int().min(1).max(500).default(20),
  /** Pieces of evidence from one address before it may be a target. */
  min_requests: z.number().int().min(1).default(10),
  /** Share of the evidence that the targets together must have sent; below it, blocking them would change too little. */
  min_coverage: share.default(0),
});

const throttleRoute = z
  .strictObject({
    action: z.literal("throttle_route"),
    ttl_s,
    /** Requests each address may still send. */
    per_second: z.number().int().min(1).optional(),
    per_minute: z.number().int().min(1).optional(),
    limit_by: z.enum(["ip", "consumer", "credential", "service"]).default("ip"),
  })
  .refine((template) => template.per_second !== undefined || template.per_minute !== undefined, {
    message: "per_second or per_minute is needed",
    path: ["per_minute"],
  });

/** Any other action: `params` is what the action itself says it takes, `target` replaces or adds to what the incident says. */
const generic = z.strictObject({
  action: z.string(),
  ttl_s,
  params: z.record(z.string(), z.unknown()).default({}),
  target: z.record(z.string(), z.string().min(1)).default({}),
});

export type BlockSourceTemplate = z.output<typeof blockSource>;
export type ThrottleRouteTemplate = z.output<typeof throttleRoute>;
export type GenericTemplate = Omit<z.output<typeof generic>, "action"> & { action: ActionType };
export type ActionTemplate = BlockSourceTemplate | ThrottleRouteTemplate | GenericTemplate;
export interface PlanTemplate {
  id: string;
  min_confidence: number;
  dry_run: boolean;
  /** Whatever the approval rules say. */
  needs_approval: boolean;
  /** What becomes of the other parts when one of several fails for good. */
  on_failure: OnFailure | null;
  /** None: only observe. */
  actions: ActionTemplate[];
}

const planHead = {
  /** Named in messages and in what Claude may choose from. */
  id: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, "has to be of a-z, 0-9 and _, and begin with a letter"),
  min_confidence: share.default(0),
  dry_run: z.boolean().default(false),
  needs_approval: z.boolean().default(false),
};
const head = z.strictObject(planHead);
const several = z.strictObject({
  ...planHead,
  on_failure: z.enum(ON_FAILURES).default("undo"),
  actions: z.array(z.unknown()).min(1).max(8),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Report = (issue: { code: "custom"; message: string; path: PropertyKey[]; input: unknown }) => void;

/** A plan of one action, written flat, or of several under `actions`. */
export const planSchema = z.unknown().transform((given, context): PlanTemplate => {
  const report: Report = (issue) => void context.issues.push(issue);
  if (!isRecord(given)) {
    report({ code: "custom", message: "a plan is an object with an id and an action", path: [], input: given });
    return z.NEVER;
  }
  return "actions" in given ? planOfSeveral(given, report) : planOfOne(given, report);
});

function planOfOne(given: Record<string, unknown>, report: Report): PlanTemplate {
  const isHead = ([name]: [string, unknown]) => name in planHead;
  const members = Object.entries(given);
  const plan = parse(head, Object.fromEntries(members.filter(isHead)), [], report);
  const rest = Object.fromEntries(members.filter((member) => !isHead(member)));
  if (rest.action === "observe") {
    for (const name of Object.keys(rest).filter((name) => name !== "action"))
      report({ code: "custom", message: "observe takes no such member", path: [name], input: given });
    return { ...plan, on_failure: null, actions: [] };
  }
  return { ...plan, on_failure: null, actions: [parseAction(rest, [], report)] };
}

function planOfSeveral(given: Record<string, unknown>, report: Report): PlanTemplate {
  const { actions = [], ...plan } = parse(several, given, [], report);
  return { ...plan, actions: actions.map((action, index) => parseAction(action, ["actions", index], report)) };
}

function parseAction(given: unknown, path: PropertyKey[], report: Report): ActionTemplate {
  const action = isRecord(given) ? given.action : undefined;
  if (action === "block_source") return parse(blockSource, given, path, report);
  if (action === "throttle_route" && isRecord(given) && !("params" in given))
    return parse(throttleRoute, given, path, report);
  const type = ACTION_TYPES.find((known) => known === action);
  const schema = type === undefined ? undefined : ACTION_KINDS[type].params;
  if (type === undefined || schema === undefined) {
    const known = ACTION_TYPES.filter(
      (each) => each.match(/^(block_source|throttle_route)$/) || ACTION_KINDS[each].params,
    );
    const message = `no such action; there are ${[...known, "observe"].join(", ")}`;
    report({ code: "custom", message, path: [...path, "action"], input: given });
    return z.NEVER;
  }
  const template = parse(generic, given, path, report);
  const params = parse(schema, template.params ?? {}, [...path, "params"], report);
  return { ...template, action: type, params };
}

/** What the schema makes of it; problems are reported below `path`, and then the result is not used. */
function parse<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  path: PropertyKey[],
  report: Report,
): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  for (const issue of result.error.issues.flatMap((each) => closest(each))) {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
    report({ code: "custom", message: issue.message, path: [...path, ...issue.path, ...unknown], input: given });
  }
  return {} as z.output<Schema>;
}

/** Where several forms are possible, what is wrong with the one that fits best. */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const forms = issue.errors.map((errors) => errors.flatMap((each) => closest(each)));
  const best = forms.reduce((one, other) => (other.length < one.length ? other : one));
  return best.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}
