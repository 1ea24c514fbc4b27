import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { sha256 } from "../canonical-json.ts";
import { type Policy, policySchema } from "./schema.ts";

const REMEDY =
  "Correct it: docs/policy.md explains every member, and `threat-response check-policy FILE` tries a file without using it.";

/** The policy cannot be used; the message names the line, what is wrong and what to do. */
export class PolicyError extends Error {
  override name = "PolicyError";
}

export function parsePolicy(text: string): Policy {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { uniqueKeys: true, lineCounter: lines });
  const broken = yaml.errors[0] ?? yaml.warnings[0];
  if (broken !== undefined) throw new PolicyError(`The policy is not valid YAML: ${broken.message}\n${REMEDY}`);
  const parsed = policySchema.safeParse(yaml.toJS({ maxAliasCount: 20 }));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${problemOf(issue, yaml, lines)}`);
    throw new PolicyError(`The policy is not valid:\n${problems.join("\n")}\n${REMEDY}`);
  }
  refuseDoubleIds(parsed.data.rules.flatMap((rule) => rule.plans.map((plan) => `${rule.name}/${plan.id}`)));
  return { document: parsed.data, hash: sha256(text).slice(0, 16), text };
}

/** `line 7, rules.0.plans.1.ttl_s: …` */
function problemOf(issue: z.core.$ZodIssue, yaml: Document, lines: LineCounter): string {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...unknown].filter((step) => typeof step !== "symbol");
  const place = path.length === 0 ? "the file as a whole" : path.join(".");
  return `line ${lineOf(path, yaml, lines)}, ${place}: ${issue.message}`;
}

/** Of what the path names, or where that is not there, of what should hold it. */
function lineOf(path: (string | number)[], yaml: Document, lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const node = yaml.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function refuseDoubleIds(ids: string[]): void {
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) {
    throw new PolicyError(`The policy is not valid: plan ${double} is there twice\nName one of them otherwise.`);
  }
}

export interface PolicyFile {
  current: () => Policy;
  /** Reads the file again. A broken one keeps the policy in force and is returned as the error. */
  reload: () => { changed: boolean; error: PolicyError | null };
  close: () => void;
}

/** Throws `PolicyError` when the file is broken at the start: nothing in force to fall back to. */
export function openPolicyFile(path: string, report: (text: string, error: PolicyError | null) => void): PolicyFile {
  let policy = parsePolicy(read(path));
  let refused: string | null = null;
  const reload = () => {
    try {
      const next = parsePolicy(read(path));
      const changed = next.hash !== policy.hash;
      policy = next;
      refused = null;
      if (changed) report(`Policy ${next.hash} is in force`, null);
      return { changed, error: null };
    } catch (cause) {
      const error = cause instanceof PolicyError ? cause : new PolicyError(String(cause));
      if (refused !== error.message) report(`Policy ${policy.hash} stays in force; the edited one is refused`, error);
      refused = error.message;
      return { changed: false, error };
    }
  };
  const watcher = () => void reload();
  watchFile(path, { interval: 1_000, persistent: false }, watcher);
  return { current: () => policy, reload, close: () => unwatchFile(path, watcher) };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new PolicyError(`The policy file cannot be read: ${(cause as Error).message}\nCheck POLICY_FILE.`);
  }
}
