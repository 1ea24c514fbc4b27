import type { Instance } from "../configure.ts";
import { HARD_SCORE, SCORE_MARGIN } from "../contract/learning.ts";
import type { Facts } from "../features/facts.ts";
import type { PayloadFinding } from "../payload/evaluate.ts";
import { setScreen } from "../payload/screen.ts";
import { signatureOf } from "../payload/signature.ts";
import type { Finding } from "../score.ts";
import {
  fieldWord,
  findLearned,
  hasLearned,
  type Learned,
  renewLearned,
  signatureKey,
  thresholdKey,
} from "./learned-store.ts";
import { noteUse } from "./pending.ts";

/** What has been learned about a route's payloads takes effect on the findings of its requests. */
const REPORT_ONLY = 10;

/** Of the request that is being scanned. */
let instance: Instance | undefined;
let route = "";

const counts = (learned: Learned): boolean => learned.by === "operator" || instance?.config.learning.apply === true;

/** Lowers a finding whose signature is approved for this route and field; known attacks stay what they are. */
const lower = (finding: PayloadFinding): void => {
  if (instance === undefined || finding.class === undefined) return;
  const { score } = finding;
  if (score < instance.config.thresholds.flag || score >= HARD_SCORE) return;
  const field = fieldWord(finding.field);
  const signature = signatureOf(finding.window, finding.class);
  if (signature === undefined) return;
  const key = signatureKey(route, field, signature);
  const learned = findLearned(key);
  if (learned === undefined || !counts(learned) || score > learned.score + SCORE_MARGIN) return;
  finding.isUsual = true;
  finding.score = REPORT_ONLY;
  finding.reason += ", which is usual there";
  renewLearned(key, learned);
  noteUse(route, field, signature);
};

/** Before a request's payload is scanned. */
export const prepareScreen = (of: Instance, facts: Facts): void => {
  const isOn = of.config.learning.enabled && hasLearned();
  instance = isOn ? of : undefined;
  route = facts.route?.id ?? "";
  setScreen(isOn ? lower : undefined);
};

/** After it: what is usual is reported as in monitor mode, and below a learned threshold a finding earns only a flag. */
export const applyLearned = (finding: Finding | undefined): Finding | undefined => {
  if (finding === undefined || instance === undefined || finding.detector !== "payload") return finding;
  if (finding.score <= REPORT_ONLY) finding.isTrial = true;
  if (finding.score < instance.config.thresholds.block || finding.score >= HARD_SCORE) return finding;
  const learned = findLearned(thresholdKey(route));
  if (learned !== undefined && counts(learned) && finding.score < learned.score) finding.action = "flag";
  return finding;
};
