import { isIP } from "node:net";
import { z } from "zod";
import { CATEGORIES } from "../../../contract/categories.ts";
import { SUBJECT_KINDS } from "../../../contract/ingest.ts";
import { SEVERITIES } from "../store/schema.ts";

const share = z.number().min(0).max(1);
const seconds = z
  .number()
  .int()
  .min(0)
  .max(7 * 86_400);
const cidr = z.string().refine(isCidr, "an address or a CIDR range is wanted, such as 203.0.113.0/24");

function isCidr(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const planBase = {
  /** Named in messages and in what Claude may choose from. */
  id: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
  min_confidence: share.default(0),
};

const blockSource = z.strictObject({
  ...planBase,
  action: z.literal("block_source"),
  ttl_s: seconds.min(10),
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

const throttleRoute = z.strictObject({
  ...planBase,
  action: z.literal("throttle_route"),
  ttl_s: seconds.min(10),
  /** Requests each address may still send. */
  per_second: z.number().int().min(1).optional(),
  per_minute: z.number().int().min(1).optional(),
  limit_by: z.enum(["ip", "consumer", "credential", "service"]).default("ip"),
});

const observe = z.strictObject({ ...planBase, action: z.literal("observe") });

export const planSchema = z
  .discriminatedUnion("action", [blockSource, throttleRoute, observe])
  .superRefine((plan, context) => {
    if (plan.action === "throttle_route" && plan.per_second === undefined && plan.per_minute === undefined) {
      context.addIssue({ code: "custom", message: "per_second or per_minute is needed", path: ["per_minute"] });
    }
  });

const listOf = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);

const rule = z.strictObject({
  name: z.string().min(1).max(80),
  when: z.strictObject({
    category: listOf(z.enum(CATEGORIES)),
    subject: listOf(z.enum(SUBJECT_KINDS)).optional(),
    min_severity: z.enum(SEVERITIES).default("low"),
    min_confidence: share.default(0),
  }),
  /** The first that the rails allow is carried out. */
  plans: z.array(planSchema).min(1).max(8),
});

const rails = z.strictObject({
  act_on_monitor: z.boolean().default(false),
  max_actions_per_hour: z.number().int().min(0).default(60),
  max_ttl_s: seconds.default(86_400),
  /** After an operator undid an action, the agent leaves its target alone for so long. */
  undo_cooldown_s: seconds.default(3_600),
  failure_cooldown_s: seconds.default(60),
  max_evidence_age_s: seconds.default(300),
  /** New mitigations begin with counting alone, then hit a share, then all, each step proved; worse incidents than this skip it. Absent: all skip it. */
  canary: z.strictObject({ skip_at: z.enum(SEVERITIES) }).optional(),
  /** An address is shared when more than this part of its requests was good. */
  max_good_share: share.default(0.1),
  never_touch: z
    .strictObject({ cidrs: z.array(cidr).default([]), routes: z.array(z.string().min(1)).default([]) })
    .default({ cidrs: [], routes: [] }),
});

export const policySchema = z.strictObject({
  version: z.literal(1),
  dry_run: z.boolean().default(false),
  rails: rails.prefault({}),
  rules: z.array(rule).max(200),
});

export type PolicyDocument = z.output<typeof policySchema>;
export type PolicyRule = PolicyDocument["rules"][number];
export type PlanTemplate = z.output<typeof planSchema>;
export type BlockSourceTemplate = Extract<PlanTemplate, { action: "block_source" }>;
export type ThrottleRouteTemplate = Extract<PlanTemplate, { action: "throttle_route" }>;

export interface Policy {
  document: PolicyDocument;
  /** Of the file's text: what decided is recorded with every decision. */
  hash: string;
}
