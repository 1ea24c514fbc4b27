import * as ffi from "ffi";
import { countBits } from "./bits.ts";
import { counters } from "./counters.ts";
import { hashText } from "./stable-hash.ts";

/**
 * How many distinct members each of very many owners has within a window, for example addresses of a user, over all workers of a node. Each
 * owner has two cells of 64 bits in a block of the shared dictionary, which it may share with others: the smaller count is nearer to the
 * truth. 4,096 blocks for a kind and window bound the memory, however many owners there are.
 */
const BLOCKS = 4096;
const BLOCK_BYTES = 64;
const CELL_BYTES = 8;
const { byte } = string;
const { floor, log } = math;

const buffer = ffi.new("uint8_t[64]");

const BITS_OF = ffi.new("uint8_t[256]");
for (const value of $range(0, 255)) BITS_OF[value] = countBits(value);

const keyOf = (kind: string, generation: number, word: number): string =>
  `S${kind}${generation}:${word & (BLOCKS - 1)}`;

const countCell = (block: string, cell: number): number => {
  let bits = 0;
  for (const i of $range(1, CELL_BYTES)) bits += BITS_OF[byte(block, cell * CELL_BYTES + i)];
  return bits;
};

/** Linear counting: how many distinct members set so many of 64 bits. */
const estimate = (bits: number): number => (bits > 63 ? 266 : floor(64 * log(64 / (64 - bits)) + 0.5));

const countIn = (block: string | undefined, second: number): number => {
  if (block === undefined) return 0;
  return estimate(Math.min(countCell(block, second & 7), countCell(block, (second >>> 3) & 7)));
};

const read = (kind: string, generation: number, word: number): string | undefined => {
  const [block] = counters.get(keyOf(kind, generation, word));
  return block as string | undefined;
};

const setBit = (cell: number, member: number): void => {
  const place = cell * CELL_BYTES + ((member >>> 3) & 7);
  buffer[place] = buffer[place] | (1 << (member & 7));
};

/** Adds a member; the distinct members of the owner in this window of `length` seconds. */
export const addMember = (kind: string, length: number, owner: string, member: string): number => {
  const [first, second] = hashText(owner);
  const [word] = hashText(member);
  const generation = floor(ngx.now() / length);
  const block = read(kind, generation, first);
  if (block === undefined) ffi.fill(buffer, BLOCK_BYTES);
  else ffi.copy(buffer, block, BLOCK_BYTES);
  setBit(second & 7, word);
  setBit((second >>> 3) & 7, word);
  const changed = ffi.string(buffer, BLOCK_BYTES);
  if (changed !== block) counters.set(keyOf(kind, generation, first), changed, 2 * length);
  return countIn(changed, second);
};

/** Distinct members of the owner in this window or the one before, whichever has more. */
export const countMembers = (kind: string, length: number, owner: string): number => {
  const [first, second] = hashText(owner);
  const generation = floor(ngx.now() / length);
  const now = countIn(read(kind, generation, first), second);
  return Math.max(now, countIn(read(kind, generation - 1, first), second));
};
