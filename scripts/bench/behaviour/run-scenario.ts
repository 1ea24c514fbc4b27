import { seeded } from "../../../demo/random.ts";
import type { Answer, Scenario, SimulatedRequest } from "./scenario.ts";
import { type Simulator, type StepResult, startSimulator } from "./simulator.ts";

const STEP_S = 0.5;
const WORKERS = 2;
const EPOCH = 1_700_000_000;

export interface Exchange {
  request: SimulatedRequest;
  answer: Answer;
}

/** An incident record as it would have been sent. Seconds since the start. */
export interface Reported {
  at: number;
  category: string;
  detector: string;
  subject: string;
  requests: number;
  reasons: string[];
  configuredAt: number | undefined;
}

export interface Played {
  exchanges: Exchange[];
  incidents: Reported[];
  /** Requests that passed because the plugin raised an error, and the first such error. */
  failures: number;
  failure: string | undefined;
  operationsPerRequest: number;
}

interface Play {
  scenario: Scenario;
  simulator: Simulator;
  pending: Map<number, { request: SimulatedRequest; answered: ((answer: Answer) => void) | undefined }>;
  played: Played;
  nextId: number;
}

function collect(play: Play, result: StepResult): void {
  const { played, pending, simulator } = play;
  for (const answer of result.answers ?? []) {
    const sent = pending.get(answer.id)!;
    pending.delete(answer.id);
    played.exchanges.push({ request: sent.request, answer });
    sent.answered?.(answer);
  }
  for (const { at, record } of result.records ?? []) {
    if (record.type !== "incident") continue;
    played.incidents.push({
      at: at - simulator.startedAt,
      category: record.category,
      detector: record.detector,
      subject: `${record.subject.kind} ${record.subject.value}`,
      requests: record.requests,
      reasons: record.reasons,
      configuredAt: (record as { configured_at?: number }).configured_at,
    });
  }
  played.failures = result.failures;
  played.failure ??= result.logged;
  played.operationsPerRequest = result.operations / Math.max(1, play.nextId);
}

/** Legitimate actors draw from a source of chance of their own: the attack changes nothing they do by themselves. */
async function playAll(play: Play, seed: number): Promise<void> {
  const { scenario, simulator } = play;
  const actors = scenario.actors(seeded(seed));
  const reconfigured = [...(scenario.reconfigured ?? [])];
  for (let from = 0; from < scenario.seconds; from += STEP_S) {
    const to = Math.min(from + STEP_S, scenario.seconds);
    const requests: object[] = [];
    for (const actor of actors) {
      for (const request of actor.send(from, to)) {
        const id = play.nextId++;
        const answered = actor.answered && ((answer: Answer) => actor.answered?.(request, answer));
        play.pending.set(id, { request, answered });
        requests.push({ ...request, id, at: simulator.startedAt + request.at });
      }
    }
    const configure = reconfigured[0] !== undefined && reconfigured[0] <= from;
    if (configure) reconfigured.shift();
    const config = scenario.config ?? {};
    collect(play, await simulator.step({ to: simulator.startedAt + to, requests, configure, config }));
  }
}

/** Plays a scenario against the built plugin; the same seed plays the same. */
export async function runScenario(scenario: Scenario, seed: number, workers = WORKERS): Promise<Played> {
  const simulator = await startSimulator({
    workers,
    seed,
    now: scenario.epoch ?? EPOCH,
    routes: scenario.routes,
    config: scenario.config ?? {},
  });
  const played: Played = { exchanges: [], incidents: [], failures: 0, failure: undefined, operationsPerRequest: 0 };
  try {
    await playAll({ scenario, simulator, pending: new Map(), played, nextId: 0 }, seed);
  } finally {
    simulator.close();
  }
  return played;
}
