import { createHash } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { parseDocument } from "yaml";
import { z } from "zod";
import { type Policy, policySchema } from "./schema.ts";

/** The policy cannot be used; the message names the place and what is wrong. */
export class PolicyError extends Error {
  override name = "PolicyError";
}

export function parsePolicy(text: string): Policy {
  const yaml = parseDocument(text, { uniqueKeys: true });
  const broken = yaml.errors[0] ?? yaml.warnings[0];
  if (broken !== undefined) throw new PolicyError(`The policy is not valid YAML: ${broken.message}`);
  const parsed = policySchema.safeParse(yaml.toJS({ maxAliasCount: 20 }));
  if (!parsed.success) throw new PolicyError(`The policy is not valid:\n${z.prettifyError(parsed.error)}`);
  refuseDoubleIds(parsed.data.rules.flatMap((rule) => rule.plans.map((plan) => `${rule.name}/${plan.id}`)));
  return { document: parsed.data, hash: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}

function refuseDoubleIds(ids: string[]): void {
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) throw new PolicyError(`The policy is not valid: plan ${double} is there twice`);
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
  const reload = () => {
    try {
      const next = parsePolicy(read(path));
      const changed = next.hash !== policy.hash;
      policy = next;
      if (changed) report(`Policy ${next.hash} is in force`, null);
      return { changed, error: null };
    } catch (cause) {
      const error = cause instanceof PolicyError ? cause : new PolicyError(String(cause));
      report(`Policy ${policy.hash} stays in force; the edited one is refused`, error);
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
    throw new PolicyError(`The policy file cannot be read: ${(cause as Error).message}`);
  }
}
