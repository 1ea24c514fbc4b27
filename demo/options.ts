import { parseArgs } from "node:util";
import { TARGETS, type Target } from "../test/e2e/gateway/targets.ts";

export interface Options {
  /** End after the story, with a status that says whether every step held. */
  exit: boolean;
  seed: number;
  gateway: Target | undefined;
}

const USAGE = `usage: scripts/demo [--exit] [--seed N] [--gateway ${TARGETS.join("|")}]

  --exit       end after the story; status 0 only if every step held
  --seed N     other traffic of the same kind (default 1)
  --gateway    default: Docker's Kong when an engine answers, else the Kong that KONG_BIN names, else dev-gateway
`;

function refuse(problem: string): never {
  process.stderr.write(`${problem}\n\n${USAGE}`);
  process.exit(2);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        exit: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        gateway: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

export function readOptions(args: string[]): Options {
  const values = parse(args);
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  if (!/^\d{1,9}$/.test(values.seed)) refuse(`--seed takes a whole number, not ${values.seed}`);
  const gateway = TARGETS.find((name) => name === values.gateway);
  if (values.gateway !== undefined && !gateway) refuse(`--gateway takes ${TARGETS.join(", ")}, not ${values.gateway}`);
  return { exit: values.exit, seed: Number(values.seed), gateway };
}
