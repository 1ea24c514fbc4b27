import { isIP } from "node:net";
import { z } from "zod";
import { CATEGORIES, CLASSES } from "../../../contract/categories.ts";
import { SUBJECT_KINDS } from "../../../contract/ingest.ts";
import { RISKS } from "../actions/action-kind.ts";
import { ACTION_TYPES, SEVERITIES } from "../store/schema.ts";
import { planSchema, seconds } from "./action-template.ts";
import { isTimeZone, WEEKDAYS } from "./maintenance.ts";

const share = z.number().min(0).max(1);
const count = z.number().int().min(0).max(1_000_000);
const cidr = z.string().refine(isCidr, "an address or a CIDR range is wanted, such as 203.0.113.0/24");

function isCidr(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) || value === undefined ? value : [value]), z.array(item).min(1));
/** Ids, names, or patterns with `*` and `?`. */
const patterns = listOf(z.string().min(1).max(128));

const rule = z.strictObject({
  name: z.string().min(1).max(80),
  when: z.strictObject({
    category: listOf(z.enum(CATEGORIES)),
    class: listOf(z.enum(CLASSES)).optional(),
    subject: listOf(z.enum(SUBJECT_KINDS)).optional(),
    min_severity: z.enum(SEVERITIES).default("low"),
    max_severity: z.enum(SEVERITIES).default("critical"),
    min_confidence: share.default(0),
    /** Where it happens; all that are given have to match. */
    scope: z
      .strictObject({ routes: patterns.optional(), services: patterns.optional(), tags: patterns.optional() })
      .default({}),
  }),
  /** The first that the rails allow is carried out. */
  plans: z.array(planSchema).min(1).max(8),
});

const reserved = z
  .strictObject({ medium: share.default(0), high: share.default(0), critical: share.default(0) })
  .refine(({ medium, high, critical }) => medium + high + critical <= 1, "the shares are more than 1 together");

const neverTouch = z.strictObject({
  cidrs: z.array(cidr).default([]),
  routes: z.array(z.string().min(1)).default([]),
  services: z.array(z.string().min(1)).default([]),
  consumers: z.array(z.string().min(1)).default([]),
  tags: z.array(z.string().min(1)).default([]),
  /** Routes and services by which somebody tells whether all is well. */
  health_checks: z
    .array(z.string().min(1))
    .default([
      "health*",
      "*-health",
      "*healthz*",
      "*healthcheck*",
      "*health-check*",
      "readyz",
      "livez",
      "readiness*",
      "liveness*",
    ]),
});

const cooldown = z.strictObject({
  action: listOf(z.enum(ACTION_TYPES)),
  /** target: of the same target. gateway: of any. */
  per: z.enum(["target", "gateway"]).default("target"),
  seconds: seconds.min(1),
});

const rails = z.strictObject({
  act_on_monitor: z.boolean().default(false),
  max_actions_per_hour: count.default(60),
  /** Eight times the hour's when absent. */
  max_actions_per_day: count.optional(),
  max_model_calls_per_hour: count.default(60),
  max_model_calls_per_day: count.default(480),
  /** Shares of each budget that only what is so severe, or more, may use. */
  reserved: reserved.default({ medium: 0.1, high: 0.15, critical: 0.25 }),
  max_ttl_s: seconds.default(86_400),
  /** How the time of an action grows for a target that comes back. */
  escalation: z.enum(["linear", "double", "none"]).default("linear"),
  /** After an operator undid an action, the agent leaves its target alone for so long. */
  undo_cooldown_s: seconds.default(3_600),
  failure_cooldown_s: seconds.default(60),
  cooldowns: z.array(cooldown).max(50).default([]),
  max_evidence_age_s: seconds.default(300),
  /** New mitigations begin with counting alone, then hit a share, then all, each step proved; worse incidents than this skip it. Absent: all skip it. */
  canary: z.strictObject({ skip_at: z.enum(SEVERITIES) }).optional(),
  /** An address is shared when more than this part of its requests was good. */
  max_good_share: share.default(0.1),
  /** Of the legitimate requests seen lately, so many may be hit by a plan that nobody agreed to. */
  max_legit_share: share.default(0.02),
  over_legit_share: z.enum(["approval", "refuse"]).default("approval"),
  /** Beyond it no agreement helps. */
  refuse_legit_share: share.default(0.2),
  never_touch: neverTouch.prefault({}),
});

const approvalRule = z.strictObject({
  risk: listOf(z.enum(RISKS)).optional(),
  action: listOf(z.enum(ACTION_TYPES)).optional(),
  below_confidence: share.optional(),
  /** More targets than this at once. */
  over_targets: count.optional(),
  persons: z.number().int().min(1).max(2).default(1),
});
const APPROVAL_RULES: z.input<typeof approvalRule>[] = [
  { risk: ["global", "security_removing"], persons: 2 },
  { risk: "service" },
];

const approvals = z.strictObject({
  /** How long an approval may be given. */
  ttl_s: seconds.min(60).default(1_800),
  /** After one was rejected or not given, its targets are not asked about again for so long. */
  cooldown_s: seconds.default(3_600),
  /** A plan needs one when any rule fits; what a rule names has to fit all. */
  rules: z.array(approvalRule).max(50).prefault(APPROVAL_RULES),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is wanted in quotes, such as "22:00"');
const maintenance = z.strictObject({
  name: z.string().min(1).max(80),
  time_zone: z.string().refine(isTimeZone, "a time zone is wanted, such as Europe/Berlin").default("UTC"),
  weekdays: listOf(z.enum(WEEKDAYS)).default([...WEEKDAYS]),
  from: timeOfDay,
  to: timeOfDay,
  effect: z.enum(["observe", "approval"]).default("observe"),
  /** What is so severe is acted on as always. */
  except_severity: z.enum(SEVERITIES).optional(),
});

const rollback = z.strictObject({
  /** off: errors are not looked into. propose: a human decides. live: what is certain and takes no protection away is put back at once. */
  mode: z.enum(["off", "propose", "live"]).default("propose"),
  max_per_hour: count.default(3),
  max_per_day: count.default(10),
  /** So long after one, another for the same routes is a human's. */
  cooldown_s: z.number().int().min(0).max(86_400).default(600),
  /** What is in force for longer is never taken back without a human. */
  max_age_s: seconds.default(1_800),
  /** Merge reverts in git by themselves, where checks pass. */
  merge: z.boolean().default(false),
  /** The sync refuses a commit that was taken back for so long. */
  hold_s: seconds.default(86_400),
  /** A commit whose message has a line that begins so is not reverted. */
  opt_out: z.array(z.string().min(3).max(80)).default(["NOAUTOREVERT", "Threat-Response: no-revert"]),
  /** Names, addresses or logins whose commits are never reverted by themselves. */
  protected_authors: z.array(z.string().min(1).max(128)).default([]),
});

export const policySchema = z.strictObject({
  rollback: rollback.prefault({}),
  version: z.literal(1),
  dry_run: z.boolean().default(false),
  /** These are only recorded, whatever plan they are in. */
  dry_run_actions: z.array(z.enum(ACTION_TYPES)).default([]),
  rails: rails.prefault({}),
  approvals: approvals.prefault({}),
  maintenance: z.array(maintenance).max(50).default([]),
  rules: z.array(rule).max(200),
});

export type PolicyDocument = z.output<typeof policySchema>;
export type PolicyRule = PolicyDocument["rules"][number];
export type Rails = PolicyDocument["rails"];

export interface Policy {
  document: PolicyDocument;
  /** Of the file's text: what decided is recorded with every decision. */
  hash: string;
  text: string;
}
