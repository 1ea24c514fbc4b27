#!/usr/bin/env node
import { parseArgs } from "node:util";
import { audit } from "./cli/audit.ts";
import { checkChange, verifyRevert } from "./cli/check-change.ts";
import { checkPolicy } from "./cli/check-policy.ts";
import { importFiles } from "./cli/import-dump.ts";
import { migrateStore } from "./cli/migrate-store.ts";
import { reapEntities } from "./cli/reap-entities.ts";
import { hold, revert } from "./cli/revert.ts";
import { serve } from "./cli/serve.ts";
import { printToken } from "./cli/token.ts";
import { unregisterRoute } from "./cli/unregister-route.ts";
import { verifyProof } from "./cli/verify-proof.ts";
import { forTerminal } from "./redaction/index.ts";

const USAGE = `usage: threat-response <command>

  serve                        run the agent; environment variables configure it
  token --name N --scope S     make an API token (viewer, operator or ci)
  reap [--dry-run]             remove expired entities from Kong by their tags alone (KONG_ADMIN_URL), without the database
  unregister                   take the agent's own Service and Route out of Kong again (KONG_ADMIN_URL, GATEWAY_NAME)
  check-policy [FILE]          say whether a policy file can be used (POLICY_FILE, or the one that is shipped)
  audit verify [FILE] [--head HASH]   say whether the audit holds: the database's, or that of an exported file, which needs nothing else
  audit export                 write the audit as JSON lines
  verify-proof FILE [--keys FILE]   say whether a proof of recovery is what was signed (a rollback's JSON, or a pull request's comment); needs nothing
                               else. With --keys (what GET /v1/proofs/keys gave), also whether it was signed by that agent
  revert SHA [--propose]       show what taking a commit of the configuration back changes; propose it for review
  verify-revert SHA --head COMMIT --base COMMIT   say whether merging that head is exactly the inverse of the commit, in the repository here
  check-change BASE HEAD       say what protection a change of state files takes away; two directories, no gateway needed
  hold list | hold release SHA the commits that the sync refuses for now
  import FILE... [--at TIME] [--actor NAME] [--skip-consumers]   put what \`deck gateway dump\` wrote into the history
  migrate                      bring the database's schema up to date
`;

const readArguments = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" },
      scope: { type: "string" },
      "dry-run": { type: "boolean" },
      propose: { type: "boolean" },
      head: { type: "string" },
      base: { type: "string" },
      at: { type: "string" },
      actor: { type: "string" },
      "skip-consumers": { type: "boolean" },
      keys: { type: "string" },
      help: { type: "boolean" },
    },
  });

async function run(): Promise<void> {
  const { values, positionals } = readArguments();
  const command = values.help ? "help" : (positionals[0] ?? "help");
  switch (command) {
    case "serve":
      return serve();
    case "token":
      return printToken(values.name ?? "", values.scope ?? "viewer");
    case "reap":
      return reapEntities(values["dry-run"] ?? false);
    case "unregister":
      return unregisterRoute();
    case "check-policy":
      return checkPolicy(positionals[1]);
    case "audit":
      return audit(positionals[1], positionals[2], values.head);
    case "verify-proof":
      return verifyProof(positionals[1], values.keys);
    case "revert":
      return revert(positionals[1], { propose: values.propose ?? false });
    case "verify-revert":
      return verifyRevert(positionals[1], values);
    case "check-change":
      return checkChange(positionals[1], positionals[2]);
    case "hold":
      return hold(positionals[1], positionals[2]);
    case "import":
      return importFiles(positionals.slice(1), {
        at: values.at,
        actor: values.actor,
        skipConsumers: values["skip-consumers"] ?? false,
      });
    case "migrate":
      return migrateStore();
    default:
      process.stderr.write(USAGE);
      process.exitCode = command === "help" ? 0 : 2;
  }
}

run().catch((error: unknown) => {
  const { message, remedy } = error as { message?: string; remedy?: string };
  const text = [message ?? String(error), ...(remedy === undefined ? [] : [remedy])].join("\n");
  process.stderr.write(`${text.split("\n").map(forTerminal).join("\n")}\n`);
  process.exitCode = 1;
});
