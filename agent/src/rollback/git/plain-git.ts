import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import picomatch from "picomatch";
import type { StateFile } from "../state-files/parse.ts";
import { type GitOptions, runGit } from "./git-command.ts";
import {
  type Commit,
  type Hold,
  MAX_STATE_FILES,
  type MergeOutcome,
  type NewProposal,
  type Proposal,
  type Repository,
  RepositoryError,
  SHA,
} from "./repository.ts";

export interface PlainGitOptions {
  /** From configuration only. */
  url: string;
  token?: string | undefined;
  base: string;
  patterns: readonly string[];
  /** Holds a bare copy of the repository. */
  directory: string;
  /** Push the revert to the base branch itself; otherwise a branch waits for a human. */
  pushToBase: boolean;
}

/** Each a ref of the remote: a pipeline reads them with `git ls-remote`, without a clone. */
const HOLDS = "refs/threat-response/holds/";
const IDENTITY = { name: "kong-threat-response", email: "kong-threat-response@localhost" };

/** A repository without pull requests: the revert is a branch, or (when configured) a push to the base branch. */
export function createPlainGitRepository(options: PlainGitOptions): Repository {
  const git = gitOf(options);
  const isState = picomatch([...options.patterns]);
  const head = async () => {
    await fetchBase(git, options);
    return (await git(["rev-parse", `refs/heads/${options.base}`])).trim();
  };
  return {
    name: options.url.replace(/\/\/[^/@]*@/, "//"),
    base: options.base,
    head,
    commit: async (sha) => (SHA.test(sha) ? getCommit(git, sha) : null),
    history: async ({ since_ms, limit }) => {
      await head();
      const since = `--since=${Math.floor(since_ms / 1000)}`;
      return parseLog(await git(["log", since, `-n${limit}`, FORMAT, `refs/heads/${options.base}`, "--"]));
    },
    stateFiles: (sha) => readFiles(git, sha, (path) => isState(posix.normalize(path))),
    propose: (proposal) => propose(git, options.directory, proposal),
    merge: (proposal) => merge(git, options, proposal),
    comment: async () => undefined,
    holds: () => listHolds(git),
    hold: async (hold) => {
      await head();
      await writeHold(git, hold);
    },
    release: (sha) => releaseHolds(git, sha),
  };
}

type Git = (args: readonly string[], more?: Pick<GitOptions, "env" | "input">) => Promise<string>;

function gitOf({ directory, url, token }: PlainGitOptions): Git {
  let ready: Promise<unknown> | null = null;
  const prepare = async () => {
    mkdirSync(directory, { recursive: true });
    if (!existsSync(join(directory, "HEAD"))) await runGit(["init", "-q", "--bare"], { directory });
    await runGit(["config", "remote.origin.url", url], { directory });
  };
  return async (args, more = {}) => {
    ready ??= prepare();
    await ready;
    return runGit(args, { directory, token, ...more });
  };
}

async function fetchBase(git: Git, { base }: PlainGitOptions): Promise<void> {
  await git(["fetch", "-q", "--no-tags", "origin", `+refs/heads/${base}:refs/heads/${base}`]);
}

const FORMAT = "--format=%H%x00%P%x00%an%x00%ae%x00%ct%x00%B%x00%x01";

function parseLog(text: string): Commit[] {
  return text.split("\u0001").flatMap((entry) => {
    const [sha = "", parents = "", name = "", email = "", at = "", message = ""] = entry.trimStart().split("\0");
    if (!SHA.test(sha)) return [];
    const author = { name, email, login: null };
    return [
      { sha, parents: parents.split(" ").filter(Boolean), author, message: message.trimEnd(), at: Number(at) * 1000 },
    ];
  });
}

async function getCommit(git: Git, sha: string): Promise<Commit | null> {
  try {
    return parseLog(await git(["log", "-n1", FORMAT, sha, "--"]))[0] ?? null;
  } catch (error) {
    if (error instanceof RepositoryError && /bad object|unknown revision|bad revision/i.test(error.message))
      return null;
    throw error;
  }
}

async function readFiles(git: Git, sha: string, wanted: (path: string) => boolean): Promise<StateFile[]> {
  const listing = await git(["ls-tree", "-r", "-z", "--name-only", sha]);
  const paths = listing.split("\0").filter((path) => path !== "" && wanted(path));
  if (paths.length > MAX_STATE_FILES)
    throw new RepositoryError("invalid", `there are more than ${MAX_STATE_FILES} state files`);
  const files: StateFile[] = [];
  for (const path of paths) files.push({ path, text: await git(["cat-file", "blob", `${sha}:${path}`]) });
  return files;
}

async function propose(git: Git, directory: string, wanted: NewProposal): Promise<Proposal> {
  const ref = `refs/heads/${wanted.branch}`;
  const there = (await git(["ls-remote", "origin", ref])).split("\t")[0] ?? "";
  const sha = SHA.test(there) ? await ours(git, there, ref, wanted) : await commitFiles(git, directory, wanted);
  // Only a new branch: without force, an existing one of another content is refused by the remote.
  if (there === "") await git(["push", "-q", "origin", `${sha}:${ref}`]);
  return { branch: wanted.branch, sha, number: null, url: null, draft: wanted.draft, state: "open" };
}

async function ours(git: Git, sha: string, ref: string, wanted: NewProposal): Promise<string> {
  await git(["fetch", "-q", "--no-tags", "origin", ref]);
  const found = await getCommit(git, sha);
  if (found?.message.trim() === wanted.message.trim()) return sha;
  throw new RepositoryError(
    "invalid",
    `the branch ${wanted.branch} is there already, with another content; remove it to go on`,
  );
}

async function commitFiles(git: Git, directory: string, proposal: NewProposal): Promise<string> {
  const index = `index-${randomUUID()}`;
  try {
    return await commitWith(git, index, proposal);
  } finally {
    rmSync(join(directory, index), { force: true });
  }
}

async function commitWith(git: Git, index: string, { parent, files, message }: NewProposal): Promise<string> {
  const env = { GIT_INDEX_FILE: index };
  await git(["read-tree", parent], { env });
  for (const { path, text } of files) {
    if (text === null) {
      await git(["update-index", "--force-remove", "--", path], { env });
      continue;
    }
    const blob = (await git(["hash-object", "-w", "--stdin"], { input: text })).trim();
    await git(["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`], { env });
  }
  const tree = (await git(["write-tree"], { env })).trim();
  const who = {
    GIT_AUTHOR_NAME: IDENTITY.name,
    GIT_AUTHOR_EMAIL: IDENTITY.email,
    GIT_COMMITTER_NAME: IDENTITY.name,
    GIT_COMMITTER_EMAIL: IDENTITY.email,
  };
  return (await git(["commit-tree", tree, "-p", parent], { input: message, env: who })).trim();
}

async function merge(git: Git, options: PlainGitOptions, { sha, branch, draft }: Proposal): Promise<MergeOutcome> {
  if (draft) return { outcome: "left", detail: `it has conflicts: a human has to finish the branch ${branch}` };
  if (!options.pushToBase)
    return { outcome: "left", detail: `merge the branch ${branch}, or allow pushes to ${options.base}` };
  try {
    await git(["push", "-q", "origin", `${sha}:refs/heads/${options.base}`]);
    return { outcome: "merged", detail: `it was pushed to ${options.base}` };
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.code !== "conflict") throw error;
    return { outcome: "left", detail: `somebody pushed to ${options.base} meanwhile` };
  }
}

async function listHolds(git: Git): Promise<Hold[]> {
  const listing = await git(["ls-remote", "origin", `${HOLDS}*`]);
  return listing.split("\n").flatMap((line) => {
    const [sha = "", until = "", incident = ""] = (line.split("\t")[1] ?? "").slice(HOLDS.length).split("/");
    return SHA.test(sha) && /^\d+$/.test(until) ? [{ sha, until: Number(until), incident }] : [];
  });
}

const holdRef = ({ sha, until, incident }: Hold) =>
  `${HOLDS}${sha}/${until}/${incident.replace(/[^A-Za-z0-9-]/g, "-")}`;

async function writeHold(git: Git, hold: Hold): Promise<void> {
  const others = (await listHolds(git)).filter(({ sha }) => sha === hold.sha);
  await git(["push", "-q", "origin", `${hold.sha}:${holdRef(hold)}`]);
  for (const old of others.filter((one) => holdRef(one) !== holdRef(hold)))
    await git(["push", "-q", "origin", `:${holdRef(old)}`]);
}

async function releaseHolds(git: Git, sha: string): Promise<boolean> {
  const found = (await listHolds(git)).filter((hold) => hold.sha === sha);
  for (const hold of found) await git(["push", "-q", "origin", `:${holdRef(hold)}`]);
  return found.length > 0;
}
