import ipaddr from "ipaddr.js";
import { z } from "zod";

/** What a comparison may be told; strings are compared byte by byte, in UTF-8. */
const MAX_TEXT = 1_024;
const MAX_LIST = 100;
const MAX_NODES = 200;
const MAX_DEPTH = 10;

const text = z.string().min(1).max(MAX_TEXT);
const COMPARISONS = ["equals", "contains", "prefix", "suffix", "wildcard", "in", "longer_than", "exists"] as const;

const comparisons = {
  equals: z.string().max(MAX_TEXT).optional(),
  contains: text.optional(),
  prefix: text.optional(),
  suffix: text.optional(),
  /** `*` stands for any number of any characters; everything else for itself. */
  wildcard: text.optional(),
  in: z.array(z.string().max(MAX_TEXT)).min(1).max(MAX_LIST).optional(),
  /** Bytes. */
  longer_than: z.number().int().min(0).max(1_000_000).optional(),
  exists: z.boolean().optional(),
  /** Of ASCII letters. */
  ignore_case: z.boolean().optional(),
};

const comparedOnce = (test: Record<string, unknown>) =>
  COMPARISONS.filter((name) => test[name] !== undefined).length === 1;
const ONE_COMPARISON = { error: `exactly one of ${COMPARISONS.join(", ")} is needed` };
const cidr = z.string().refine(isRange, "an address or a CIDR range is wanted, such as 203.0.113.0/24");

function isRange(range: string): boolean {
  return range.includes("/") ? ipaddr.isValidCIDR(range) : ipaddr.isValid(range);
}

const onText = z
  .strictObject({ field: z.enum(["method", "path"]), ...comparisons })
  .refine((test) => comparedOnce(test), ONE_COMPARISON);
const onNamed = z
  .strictObject({
    /** `body`: a form field, or a JSON member such as `user.email`; every element of a list is looked at. */
    field: z.enum(["header", "query", "body"]),
    name: z.string().min(1).max(200),
    ...comparisons,
  })
  .refine((test) => comparedOnce(test), ONE_COMPARISON);
/** Declared in Content-Length, or counted where nothing is declared. */
const onSize = z.strictObject({ field: z.literal("size"), longer_than: z.number().int().min(0) });
const onClient = z.strictObject({ field: z.literal("client"), in: z.array(cidr).min(1).max(MAX_LIST) });

export type NamedTest = z.output<typeof onNamed>;
export type TextTest = z.output<typeof onText> | NamedTest;
type Leaf = TextTest | z.output<typeof onSize> | z.output<typeof onClient>;
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Leaf;

const node: z.ZodType<Condition> = z.lazy(() => z.union([all, any, not, onText, onNamed, onSize, onClient]));
const all = z.strictObject({ all: z.array(node).min(1).max(MAX_LIST) });
const any = z.strictObject({ any: z.array(node).min(1).max(MAX_LIST) });
const not = z.strictObject({ not: node });

/** Which requests a hot patch is about. */
export const conditionSchema = node
  .refine((tree) => countNodes(tree) <= MAX_NODES, `at most ${MAX_NODES} conditions`)
  .refine((tree) => depthOf(tree) <= MAX_DEPTH, `at most ${MAX_DEPTH} levels`);

function childrenOf(tree: Condition): readonly Condition[] {
  if ("all" in tree) return tree.all;
  if ("any" in tree) return tree.any;
  return "not" in tree ? [tree.not] : [];
}

const countNodes = (tree: Condition): number => childrenOf(tree).reduce((sum, child) => sum + countNodes(child), 1);
const depthOf = (tree: Condition): number => 1 + Math.max(0, ...childrenOf(tree).map(depthOf));
