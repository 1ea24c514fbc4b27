import type { Verdict } from "../../../contract/categories.ts";

/** One request as the gateway recorded it, or several that were alike (`weight`). Credentials are keyed hashes, headers only names. */
export interface RecordedRequest {
  /** Epoch milliseconds. */
  at: number;
  method: string;
  /** Without the query, redacted. */
  path: string;
  host?: string;
  /** Null where no route matched. */
  route_id: string | null;
  service_id: string | null;
  ip: string;
  /** Id of the consumer whom authentication let in. */
  consumer: string | null;
  credential: string | null;
  /** Lower case. */
  header_names: readonly string[];
  query_names?: readonly string[];
  user_agent?: string;
  /** Bytes of the body; null where not known. */
  size: number | null;
  /** A login attempt of a user who succeeded from that address before, or of another. */
  login?: "known" | "unknown";
  status: number;
  /** Who answered, as Kong tells it. */
  source: "service" | "exit" | "error" | null;
  /** What the plugin did with it. */
  verdict?: Verdict;
  attack: boolean;
  weight: number;
}
