import { createHash } from "node:crypto";
import { addressBytes } from "./bytes.ts";
import { RUNTIME } from "./runtime.ts";

/** The plugin's. */
export const PATCH_DICTIONARY = "threat_response";
const PRIME = 1_000_003;
const PARTS = 1_000;

const seedOf = (id: string): number => createHash("sha256").update(id).digest().readUInt32BE(0) % PRIME;

/** Whether the source belongs to the share: the same for all its requests, and still so when the share grows. */
export function isInShare(id: string, share: number, client: string): boolean {
  const bytes = addressBytes(client);
  let hash = seedOf(id);
  for (const character of bytes.length === 16 ? bytes.slice(0, 8) : bytes)
    hash = (hash * 131 + character.charCodeAt(0)) % PRIME;
  hash = (hash * 7_919 + 17) % PRIME;
  return hash % PARTS < Math.round(share * PARTS);
}

/** The same in Lua: leaves where the source does not belong to the share. */
export function writeShare(id: string, share: number): string {
  return `do
${RUNTIME.address}
local hash = ${seedOf(id)}
for i = 1, #address == 16 and 8 or #address do hash = (hash * 131 + string.byte(address, i)) % ${PRIME} end
hash = (hash * 7919 + 17) % ${PRIME}
if hash % ${PARTS} >= ${Math.round(share * PARTS)} then return end
end`;
}
