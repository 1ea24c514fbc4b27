/** Requests in the corpora's format: path and query as on the wire, one JSON object each. */
import type { PayloadClass } from "../contract/categories.ts";

/** A request without a label. */
export interface Draft {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
  /** Code points are bytes. */
  enc?: "latin1";
}

export interface LabelledRequest extends Draft {
  id: string;
  label: "malicious" | "benign";
  /** The class of an attack or `exploit`; of a benign request the kind of traffic. */
  category: string;
}

export interface AttackRequest extends LabelledRequest {
  label: "malicious";
  class: PayloadClass;
  /** Where in the request the attack sits, or the name of the whole-request shape. */
  place: string;
  /** The value as it was before it was written into the request; whole requests have none. */
  payload?: string;
}

export interface BenignRequest extends LabelledRequest {
  label: "benign";
}
