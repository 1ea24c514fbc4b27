import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import type { Decision } from "../policy/index.ts";
import type { Incident } from "../store/incidents.ts";
import type { IncidentClassification } from "../store/schema.ts";
import type { Advice, Advisor } from "./advisor.ts";
import { Budget, type BudgetOptions } from "./budget.ts";
import { type Answer, askAbout, DECOY_PLAN, SYSTEM_PROMPT } from "./prompt.ts";
import { Questions } from "./questions.ts";

export interface ClaudeOptions extends Pick<BudgetOptions, "db" | "gateway"> {
  apiKey: string;
  baseURL?: string | undefined;
  model?: string | undefined;
  /** How many calls; 60 an hour and 480 a day for all alike when absent. */
  limits?: BudgetOptions["limits"];
  timeout_ms?: number;
  maxRetries?: number;
  /** So long every response waits for an answer. */
  patience_ms?: number;
  /** There is advice now on an incident that is waiting for it. */
  onAdvice?: (incidentId: string) => void;
  now?: () => number;
}

const MAX_TOKENS = 1_024;
const rulesStand = (why: string): Advice => ({ plan_id: null, note: `The rules decided: ${why}.`, suspicious: false });

/** Claude as the second opinion. Whatever goes wrong, the rules stand. */
export function createClaudeAdvisor(options: ClaudeOptions): Advisor {
  const {
    model = "claude-haiku-5-5",
    timeout_ms = 20_000,
    maxRetries = 1,
    // The first write is to go out within two seconds of the evidence, on a busy machine, too.
    patience_ms = 400,
    onAdvice = () => undefined,
    limits = () => ({ hour: { most: 60, reserved: {} }, day: { most: 480, reserved: {} } }),
    now = Date.now,
  } = options;
  const client = new Anthropic({
    apiKey: options.apiKey,
    timeout: timeout_ms,
    maxRetries,
    ...(options.baseURL === undefined ? {} : { baseURL: options.baseURL }),
  });
  const budget = new Budget({ db: options.db, gateway: options.gateway, limits, failures: 3, open_ms: 300_000, now });
  const questions = new Questions();
  return {
    model,
    async advise(incident, classification, decision) {
      const unneeded = whyNotAsked(classification, decision);
      if (unneeded !== null) return rulesStand(unneeded);
      const key = JSON.stringify([incident.id, classification.severity, decision.plans.map((plan) => plan.id)]);
      const known = questions.known(key);
      if (known !== undefined) return known;
      if (!questions.isOpen(key)) {
        const refused = await budget.take(classification.severity);
        if (refused !== null) return rulesStand(refused);
        questions.open(key, ask(client, { model, timeout_ms, budget }, incident, classification, decision));
      }
      const advice = await questions.wait(key, patience_ms);
      if (advice !== null) return advice;
      if (!isWorthWaiting(classification))
        return rulesStand("Claude has not answered yet, and an attack does not wait");
      questions.whenAnswered(key, () => onAdvice(incident.id));
      return null;
    },
  };
}

/** Clear and cheap cases need no second opinion. */
function whyNotAsked(classification: IncidentClassification, decision: Decision): string | null {
  if (!decision.plans.some((plan) => plan.actions.length > 0)) return "there is nothing to choose";
  if (isAmbiguous(classification) || decision.plans[0]?.costly) return null;
  return "the case is clear and its plan costs little";
}

const isAmbiguous = ({ confidence }: IncidentClassification): boolean => confidence >= 0.4 && confidence <= 0.75;

/** Where the rules are sure, or much is at stake, what they allow is done and can be undone. */
const isWorthWaiting = (classification: IncidentClassification): boolean =>
  isAmbiguous(classification) && (classification.severity === "low" || classification.severity === "medium");

interface Asking {
  model: string;
  timeout_ms: number;
  budget: Budget;
}

async function ask(
  client: Anthropic,
  asking: Asking,
  incident: Incident,
  classification: IncidentClassification,
  decision: Decision,
): Promise<Advice> {
  const { model, timeout_ms, budget } = asking;
  const question = askAbout(incident, classification, decision);
  try {
    const message = await client.messages.create(
      {
        model,
        max_tokens: MAX_TOKENS,
        system: [{ type: "text", text: SYSTEM_PROMPT, cache_control: { type: "ephemeral" } }],
        messages: [{ role: "user", content: question.text }],
        output_config: { format: zodOutputFormat(question.schema) },
      },
      // The retry has to fit in, too: an attack does not wait.
      { signal: AbortSignal.timeout(Math.round(timeout_ms * 1.25)) },
    );
    budget.succeeded();
    if (message.stop_reason === "refusal") return rulesStand("Claude declined to answer");
    if (message.stop_reason === "max_tokens") return rulesStand("Claude's answer was cut off");
    const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    return judge(parseAnswer(question.schema, text));
  } catch (error) {
    budget.failed();
    return rulesStand(failureOf(error));
  }
}

function parseAnswer(
  schema: { safeParse: (value: unknown) => { success: boolean; data?: Answer } },
  text: string,
): Answer | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function judge(answer: Answer | null): Advice {
  if (answer === null) return rulesStand("Claude's answer was not of the agreed form");
  if (answer.plan_id === DECOY_PLAN) {
    return {
      plan_id: null,
      note: "The rules decided: Claude was led by the attacker's text (prompt injection suspected).",
      suspicious: true,
    };
  }
  const { plan_id, category, severity, confidence } = answer;
  return {
    plan_id,
    note: `Claude chose ${plan_id} (sees ${category}, ${severity}, confidence ${confidence}).`,
    suspicious: false,
  };
}

function failureOf(error: unknown): string {
  if (error instanceof Anthropic.APIConnectionTimeoutError || error instanceof Anthropic.APIUserAbortError)
    return "Claude did not answer in time";
  if (error instanceof Anthropic.APIConnectionError) return "Claude could not be reached";
  if (error instanceof Anthropic.APIError) return `Claude answered with status ${error.status}`;
  return "Claude's answer could not be used";
}
