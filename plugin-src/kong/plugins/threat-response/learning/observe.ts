import type { Instance } from "../configure.ts";
import type { LearnedVote } from "../contract/ingest.ts";
import { HARD_SCORE } from "../contract/learning.ts";
import type { Outcome } from "../outcome.ts";
import { signatureOf } from "../payload/signature.ts";
import type { Finding } from "../score.ts";
import { castVote } from "./ballot.ts";
import { fieldWord } from "./learned-store.ts";
import { addScore, countedOf, isSpent, scoresOf } from "./route-scores.ts";
import { cannotTeach, mayTeach, rejectSpeaker, speakerOf, type Voter, voterOf } from "./voter.ts";

/** What a request that is over teaches about the payloads of its route, where the instance or the detector only monitors. */
const payloadOf = (findings: Finding[]): Finding | undefined => {
  for (const finding of findings) {
    if (finding.detector === "payload") return finding;
  }
  return undefined;
};

/** Anything else against the same request, and it is no example of what is usual. */
const hasOther = (findings: Finding[], flag: number): boolean => {
  for (const finding of findings) {
    if (finding.detector !== "payload" && finding.score >= flag) return true;
  }
  return false;
};

/** The field of an ordinary request says nothing: no more than a count of a few of them is kept. */
const observeClean = (instance: Instance, outcome: Outcome, route: string): void => {
  const scores = scoresOf(instance, route);
  if (scores.isFull || cannotTeach(outcome.source)) return;
  const speaker = speakerOf(outcome.source);
  const count = countedOf(route, speaker);
  if (isSpent(count) || (count === 0 && !mayTeach(instance, outcome, speaker))) return;
  addScore(scores, speaker, 0);
};

const voteOf = (kind: LearnedVote["kind"], route: string, finding: Finding, voter: Voter): LearnedVote => ({
  kind,
  route_id: route,
  score: math.floor(finding.score),
  voter: voter.name,
  network: voter.network,
  consumer: voter.isConsumer,
});

const voteOn = (instance: Instance, route: string, finding: Finding, voter: Voter): void => {
  if (finding.score >= instance.config.thresholds.block) {
    castVote(instance, voteOf("score", route, finding, voter));
  }
  if (!voter.isConsumer || finding.field === undefined || finding.window === undefined || finding.class === undefined) {
    return;
  }
  const signature = signatureOf(finding.window, finding.class);
  if (signature === undefined) return;
  const vote = voteOf("signature", route, finding, voter);
  vote.field = fieldWord(finding.field);
  vote.signature = signature;
  vote.class = finding.class;
  castVote(instance, vote);
};

const observeFinding = (instance: Instance, outcome: Outcome, route: string, finding: Finding): void => {
  const { flag } = instance.config.thresholds;
  if (finding.score >= HARD_SCORE) rejectSpeaker(outcome.source);
  if (finding.score < flag || finding.score >= HARD_SCORE || hasOther(outcome.findings, flag)) return;
  const speaker = speakerOf(outcome.source);
  if (!mayTeach(instance, outcome, speaker)) return;
  const scores = scoresOf(instance, route);
  if (!scores.isFull) addScore(scores, speaker, finding.score);
  voteOn(instance, route, finding, voterOf(instance, outcome.source, speaker));
};

export const observePayload = (instance: Instance, outcome: Outcome): void => {
  const { facts, route } = outcome;
  if (!instance.config.learning.enabled || facts?.isInspected !== true || route === undefined) return;
  const finding = outcome.findings.length > 0 ? payloadOf(outcome.findings) : undefined;
  if (instance.enforce && finding?.isTrial !== true) return;
  if (finding !== undefined) observeFinding(instance, outcome, route.id, finding);
  else if (outcome.findings.length === 0) observeClean(instance, outcome, route.id);
};
