import { readFileSync } from "node:fs";
import { z } from "zod";
import { AgentError } from "../errors.ts";
import { forTerminal } from "../redaction/index.ts";
import { isSigned, keyId, type Proof, proofShape } from "../rollback/live/proof.ts";

const shapes = z.union([
  proofShape,
  z.object({ proof: proofShape }).transform(({ proof }) => proof),
  z.object({ rollback: z.object({ proof: proofShape }) }).transform(({ rollback }) => rollback.proof),
]);
const keyList = z.object({ keys: z.array(z.object({ public_key: z.string() })) });

/** `verify-proof FILE`: from the file alone. Fails on anything that is not what was signed, or not by one of the given keys. */
export function verifyProof(file: string | undefined, keysFile: string | undefined): void {
  if (file === undefined) throw new AgentError("INVALID_REQUEST", { problems: "verify-proof takes a file" });
  const keys = keysFile === undefined ? null : readKeys(keysFile);
  const { holds, lines } = checkProof(readFileSync(file, "utf8"), keys);
  for (const line of lines) process.stdout.write(`${forTerminal(line)}\n`);
  if (!holds) process.exitCode = 1;
}

function readKeys(file: string): string[] {
  const read = keyList.safeParse(parsed(readFileSync(file, "utf8")));
  if (read.success) return read.data.keys.map(({ public_key }) => public_key);
  throw new AgentError("INVALID_REQUEST", { problems: `${file} is not what GET /v1/proofs/keys gives` });
}

export function checkProof(text: string, keys: readonly string[] | null): { holds: boolean; lines: string[] } {
  const refused = (why: string) => ({ holds: false, lines: [`The proof does not hold: ${why}`] });
  const read = shapes.safeParse(parsed(text));
  if (!read.success) return refused("the file has no proof in it, or it was changed");
  const proof = read.data;
  if (!isSigned(proof)) return refused("the statement is not what was signed");
  const key = keyId(proof.public_key);
  if (keys !== null && !keys.includes(proof.public_key))
    return refused(`it is signed with key ${key}, which is not among those given`);
  const whose =
    keys === null
      ? "whose key that is, --keys tells (GET /v1/proofs/keys of the agent)"
      : "which is one of those given";
  return { holds: true, lines: [`The proof holds: signed with key ${key}, ${whose}.`, ...tellStatement(proof)] };
}

/** JSON, or the block of it in a comment. */
function parsed(text: string): unknown {
  const block = /```json\n(.+?)\n```/s.exec(text)?.[1];
  try {
    return JSON.parse(block ?? text);
  } catch {
    return null;
  }
}

function tellStatement({ statement }: Proof): string[] {
  const { before, after, data_planes } = statement;
  const iso = (at: number) => new Date(at).toISOString();
  const window = ({ from, to, requests, errors }: typeof before) =>
    `${errors} of ${requests} requests had errors, ${iso(from)} to ${iso(to)}`;
  return [
    `  gateway        ${statement.gateway}, rollback ${statement.rollback}, incident ${statement.incident}`,
    `  before         ${window(before)}; configuration ${statement.configuration_before}`,
    `  after          ${window(after)}; configuration ${statement.configuration_after}`,
    ...data_planes.map(
      ({ name, hash_before, hash_after, configured_at }) =>
        `  data plane     ${name}: ${hash_before ?? "?"} → ${hash_after ?? "?"}${configured_at === null ? "" : `, configured ${iso(configured_at)}`}`,
    ),
  ];
}
