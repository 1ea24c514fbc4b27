import type { StateFile } from "../state-files/parse.ts";

/** Where the configuration lives in git, the same for GitHub and for a plain remote. Nothing here ever forces or deletes. */
export interface Repository {
  /** As messages name it, without credentials. */
  name: string;
  /** The branch that is synced to the gateway. */
  base: string;
  /** The newest commit of the base branch. */
  head: () => Promise<string>;
  /** Null when there is no such commit. */
  commit: (sha: string) => Promise<Commit | null>;
  /** Commits of the base branch, newest first. */
  history: (query: { since_ms: number; limit: number }) => Promise<Commit[]>;
  /** The state files as they were at a commit. Throws `RepositoryError` beyond `MAX_STATE_FILES`. */
  stateFiles: (sha: string) => Promise<StateFile[]>;
  /** One commit on a branch of its own, and a pull request where there is such a thing. Run again, it finds what it made. */
  propose: (proposal: NewProposal) => Promise<Proposal>;
  /** What can be done by itself to get it into the base branch. */
  merge: (proposal: Proposal) => Promise<MergeOutcome>;
  /** Says on the proposal what happened since. */
  comment: (proposal: Proposal, text: string) => Promise<void>;
  holds: () => Promise<Hold[]>;
  hold: (hold: Hold) => Promise<void>;
  /** False when there was none. */
  release: (sha: string) => Promise<boolean>;
}

export interface Commit {
  sha: string;
  parents: string[];
  author: { name: string; email: string; login: string | null };
  message: string;
  /** Epoch milliseconds. */
  at: number;
}

export interface NewProposal {
  branch: string;
  /** What it is made on. */
  parent: string;
  files: readonly { path: string; text: string | null }[];
  message: string;
  title: string;
  body: string;
  draft: boolean;
  labels: readonly string[];
}

export interface Proposal {
  branch: string;
  sha: string;
  /** Null without pull requests. */
  number: number | null;
  url: string | null;
  draft: boolean;
  state: "open" | "merged" | "closed";
}

/** merged: it is in the base branch. armed: it will be when its checks pass. left: a human has to; `detail` says why. */
export interface MergeOutcome {
  outcome: "merged" | "armed" | "left";
  detail: string;
}

/** The sync refuses this commit until then. */
export interface Hold {
  sha: string;
  /** Epoch seconds. */
  until: number;
  incident: string;
}

export const MAX_STATE_FILES = 500;
export const SHA = /^[0-9a-f]{40}$/;

export type RepositoryErrorCode =
  | "unauthorized"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "unreachable"
  | "invalid";

const REMEDIES: Record<RepositoryErrorCode, string> = {
  unauthorized:
    "Check the token and what it may do: contents, pull requests and variables of this repository, read and write.",
  not_found: "Check the repository's name, the branch, and that the token may see it.",
  conflict: "Somebody changed the branch meanwhile; it is tried again on what is there now.",
  rate_limited: "The host asks for patience; it is tried again later.",
  unreachable: "The host does not answer; it is tried again later.",
  invalid: "The host refuses the request; its message says why.",
};

export class RepositoryError extends Error {
  override name = "RepositoryError";
  readonly code: RepositoryErrorCode;
  readonly remedy: string;
  /** Trying again later may help. */
  readonly retryable: boolean;

  constructor(code: RepositoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = REMEDIES[code];
    this.retryable = code === "rate_limited" || code === "unreachable" || code === "conflict";
  }
}
