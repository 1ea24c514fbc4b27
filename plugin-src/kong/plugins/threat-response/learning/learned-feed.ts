import { CLOCK_SKEW_S } from "../contract/ingest.ts";
import { HARD_SCORE, LEARNED_MAGIC, LEARNED_VERSION, MAX_LEARNED_LINES } from "../contract/learning.ts";
import { equalInConstantTime, hmacHex } from "../digest.ts";
import { canBeLogin } from "../learned-logins.ts";
import { readBaselineLine, type ToldBaseline } from "./baseline-line.ts";
import { type Learned, signatureKey, thresholdKey } from "./learned-store.ts";

/** Reading what the agent has learned (`contract/learning.ts`): all of it is verified before any of it counts. */
export interface LearnedFeed {
  epoch: number;
  sequence: number;
  entries: LearnedEntry[];
  baselines: ToldBaseline[];
  logins: string[];
  /** Lines that could not be read or go beyond the limits. */
  refused: number;
}

export interface LearnedEntry {
  key: string;
  learned: Learned;
}

export interface LearnedExpectation {
  gateway: string;
  secret: string;
  /** Epoch seconds. */
  now: number;
  /** The position of what this node has. */
  epoch: number;
  sequence: number;
}

type Outcome = LuaMultiReturn<[LearnedFeed | undefined, (string | undefined)?]>;

const { gmatch, match } = string;

const readThreshold = (line: string): LearnedEntry | undefined => {
  const [by, route, score] = match(line, "^threshold (%l+) ([!-~]+) (%d+)$");
  if (by === undefined) return undefined;
  return { key: thresholdKey(route as string), learned: { by: by as Learned["by"], score: tonumber(score) as number } };
};

const readSignature = (line: string): LearnedEntry | undefined => {
  const [by, route, field, signature, score] = match(line, "^signature (%l+) ([!-~]+) ([!-~]+) (%x+) (%d+)$");
  if (by === undefined) return undefined;
  const key = signatureKey(route as string, field as string, signature as string);
  return { key, learned: { by: by as Learned["by"], score: tonumber(score) as number } };
};

/** Whoever speaks for the agent: nothing beyond these limits is learned. */
const isAllowed = ({ learned }: LearnedEntry): boolean =>
  (learned.by === "learned" || learned.by === "operator") && learned.score >= 1 && learned.score < HARD_SCORE;

const readLogin = (line: string): string | undefined => {
  const [path] = match(line, "^login ([!-~]+)$");
  return path !== undefined && canBeLogin(path as string) ? (path as string) : undefined;
};

const readLine = (feed: LearnedFeed, line: string): void => {
  const entry = readThreshold(line) ?? readSignature(line);
  const baseline = entry === undefined ? readBaselineLine(line) : undefined;
  const login = readLogin(line);
  if (entry !== undefined && isAllowed(entry)) feed.entries.push(entry);
  else if (baseline !== undefined) feed.baselines.push(baseline);
  else if (login !== undefined) feed.logins.push(login);
  else feed.refused += 1;
};

const isOlder = (epoch: number, sequence: number, known: LearnedExpectation): boolean =>
  epoch < known.epoch || (epoch === known.epoch && sequence < known.sequence);

const readHead = (
  line: string,
  expected: LearnedExpectation,
): LuaMultiReturn<[LearnedFeed | undefined, string, number]> => {
  const [magic, version, gateway, epoch, sequence, issued, count] = match(
    line,
    "^([^ ]+) (%d+) ([^ ]+) (%d+) (%d+) (%d+) (%d+)$",
  );
  if (magic !== LEARNED_MAGIC || tonumber(version) !== LEARNED_VERSION) return $multi(undefined, "another version", 0);
  if (gateway !== expected.gateway) return $multi(undefined, `meant for gateway ${gateway}`, 0);
  if (Math.abs((tonumber(issued) as number) - expected.now) > CLOCK_SKEW_S) {
    return $multi(undefined, "issued too long ago or in the future; compare the clocks", 0);
  }
  const feed: LearnedFeed = {
    epoch: tonumber(epoch) as number,
    sequence: tonumber(sequence) as number,
    entries: [],
    baselines: [],
    logins: [],
    refused: 0,
  };
  if (isOlder(feed.epoch, feed.sequence, expected)) return $multi(undefined, `goes back to ${epoch}.${sequence}`, 0);
  const announced = tonumber(count) as number;
  if (announced > MAX_LEARNED_LINES) return $multi(undefined, `has ${count} lines`, 0);
  return $multi(feed, "", announced);
};

/** The document, or undefined with what is wrong with it. */
export const readLearned = (text: string, signature: string | undefined, expected: LearnedExpectation): Outcome => {
  if (!equalInConstantTime(`v1=${hmacHex(expected.secret, text)}`, signature ?? "")) {
    return $multi(undefined, "wrong signature; compare agent.feed_secret with the agent's feed key");
  }
  let feed: LearnedFeed | undefined;
  let announced = 0;
  let lines = 0;
  for (const [line] of gmatch(text, "([^\n]*)\n")) {
    if (feed === undefined) {
      const [head, problem, count] = readHead(line as string, expected);
      if (head === undefined) return $multi(undefined, problem);
      feed = head;
      announced = count;
    } else {
      lines += 1;
      if (lines <= announced) readLine(feed, line as string);
    }
  }
  if (feed === undefined || lines !== announced) return $multi(undefined, `incomplete: ${lines} of ${announced} lines`);
  return $multi(feed);
};
