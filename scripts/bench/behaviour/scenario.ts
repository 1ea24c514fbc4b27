import type { Category } from "../../../contract/categories.ts";
import type { Random } from "../../../demo/random.ts";

/** A request of a simulated client, and how it ends unless the plugin stops it. Times are seconds since the start of the scenario. */
export interface SimulatedRequest {
  at: number;
  isAttack: boolean;
  ip: string;
  method?: string;
  /** Path and query, as sent. */
  target: string;
  /** Id of the route it matches; without one the gateway answers 404. */
  route?: string;
  headers?: Record<string, string>;
  body?: string;
  agent?: string;
  /** Who the authentication plugin, which comes later, finds it to be. */
  consumer?: string;
  /** Status of whoever answers; 200 by default. */
  status?: number;
  /** Headers of the answer, in lower case. */
  answer?: Record<string, string>;
  /** Who answers what the plugin lets pass: the service, another plugin, or the gateway where it fails. */
  by?: "service" | "exit" | "error";
  /** Seconds the service takes when it is idle. */
  latency?: number;
}

export interface Answer {
  status: number;
  /** The plugin under test ended the request. */
  stopped: boolean;
  verdict?: string;
  seconds: number;
}

/** Somebody, or many, who send requests. Asked in turn for each short interval, so that it can react to what came back before. */
export interface Actor {
  /** In any order, all within [from, to). */
  send(from: number, to: number): SimulatedRequest[];
  answered?(request: SimulatedRequest, answer: Answer): void;
}

export interface Route {
  id: string;
  service?: string;
  /** Answers a second its service can give; unlimited where absent. */
  capacity?: number;
}

export interface Scenario {
  name: string;
  /** What the detector should say; nil for a look-alike, of which it should say nothing. */
  category?: Category;
  /** Incidents of these categories are no mistake either. */
  tolerated?: Category[];
  seconds: number;
  /** When the attack, or what looks like one, begins. Until then it is the usual traffic. */
  begins: number;
  /** Epoch seconds of the start, where the hour of the day matters. */
  epoch?: number;
  routes: Route[];
  /** Changes to the shipped configuration. */
  config?: Record<string, unknown>;
  /** When the gateway gets a new configuration. */
  reconfigured?: number[];
  actors(random: Random): Actor[];
  targets: Targets;
}

/** Largest values that are still good; what is absent is only told. */
export interface Targets {
  /** Seconds from the beginning to the first incident of the category. */
  detected?: number;
  /** Seconds from the beginning to the first request of it that is stopped. */
  reflex?: number;
  /** Percent of the attack's requests that pass after that, in the second half of what remains. */
  passed?: number;
  /** Percent of legitimate requests that the plugin stopped, from the beginning on. */
  harmed?: number;
  /** 99th percentile of legitimate latency, `settled` seconds after the beginning, over the same before it. */
  slowdown?: number;
  settled?: number;
}
