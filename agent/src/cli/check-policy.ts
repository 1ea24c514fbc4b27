import { openPolicyFile } from "../policy/index.ts";
import { defaultPolicyFile } from "../responder.ts";

/** Throws what is wrong with the policy, as the agent would at its start. */
export function checkPolicy(path: string | undefined): void {
  const file = path ?? process.env.POLICY_FILE ?? defaultPolicyFile();
  const policy = openPolicyFile(file, () => undefined);
  const { hash, document } = policy.current();
  policy.close();
  process.stdout.write(`${file}: ${document.rules.length} rules, ${hash}\n`);
}
