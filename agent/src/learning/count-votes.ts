import {
  type CalibrationLimits,
  CONSUMERS_PER_DAY,
  HARD_SCORE,
  MIN_CONSUMERS,
  proposeThreshold,
} from "../../../contract/learning.ts";
import { type LearnedVoteRow, perNetwork } from "../store/learned.ts";

/** Pure: what the votes on one question amount to; the rules are in `contract/learning.ts`. */
export interface Count {
  /** Distinct clients that count. */
  clients: number;
  /** Their highest score; 0 without any. */
  score: number;
  isApproved: boolean;
}

/** The votes that count, first come first: so many of one network, and of one day where days matter. */
function counting(votes: readonly LearnedVoteRow[], kind: LearnedVoteRow["kind"]): LearnedVoteRow[] {
  const networks = new Map<string, number>();
  const days = new Map<number, number>();
  return votes.filter((vote) => {
    if (vote.score >= HARD_SCORE || (kind === "signature" && !vote.consumer)) return false;
    const ofNetwork = networks.get(vote.network) ?? 0;
    const ofDay = days.get(vote.day) ?? 0;
    if (ofNetwork >= perNetwork(kind) || (kind === "signature" && ofDay >= CONSUMERS_PER_DAY)) return false;
    networks.set(vote.network, ofNetwork + 1);
    days.set(vote.day, ofDay + 1);
    return true;
  });
}

export function countSignature(votes: readonly LearnedVoteRow[]): Count {
  const counted = counting(votes, "signature");
  const score = Math.max(0, ...counted.map((vote) => vote.score));
  return { clients: counted.length, score, isApproved: counted.length >= MIN_CONSUMERS };
}

/** The threshold that follows from the clients' highest scores; null while too little is known. */
export function countScores(
  votes: readonly LearnedVoteRow[],
  requests: number,
  limits: CalibrationLimits,
): (Count & { threshold: number }) | null {
  const counted = counting(votes, "threshold");
  const clients: Record<number, number> = {};
  for (const { score } of counted) clients[score] = (clients[score] ?? 0) + 1;
  const threshold = proposeThreshold(limits, requests, clients);
  if (threshold === undefined) return null;
  return { clients: counted.length, score: threshold, threshold, isApproved: threshold > limits.block };
}
