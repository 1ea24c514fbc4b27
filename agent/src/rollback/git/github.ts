import { posix } from "node:path";
import picomatch from "picomatch";
import type { StateFile } from "../state-files/parse.ts";
import { ask, createGithubClient, type GithubClient, type GithubOptions, statusOf } from "./github-client.ts";
import { armOrMerge } from "./github-merge.ts";
import { parseHolds, withHold } from "./holds.ts";
import {
  type Commit,
  type Hold,
  MAX_STATE_FILES,
  type NewProposal,
  type Proposal,
  type Repository,
  RepositoryError,
} from "./repository.ts";

/** GitHub's name for the list of commits that the sync refuses. */
export const HOLDS_VARIABLE = "KONG_HOLDS";

export interface Place {
  client: GithubClient;
  owner: string;
  repo: string;
}

/** A repository on GitHub, by its API alone: no clone, no working tree. */
export function createGithubRepository(options: GithubOptions): Repository {
  const [owner = "", repo = ""] = options.repository.split("/");
  const place: Place = { client: createGithubClient(options), owner, repo };
  const isState = picomatch([...options.patterns]);
  return {
    name: options.repository,
    base: options.base,
    head: () => branchHead(place, options.base),
    commit: (sha) => getCommit(place, sha),
    history: (query) => listCommits(place, options.base, query),
    stateFiles: (sha) => readFiles(place, sha, (path) => isState(posix.normalize(path))),
    propose: (proposal) => propose(place, options.base, proposal),
    merge: (proposal) => armOrMerge(place, proposal),
    comment: async ({ number }, body) => {
      if (number === null) return;
      await ask("comment", () => place.client.rest.issues.createComment({ owner, repo, issue_number: number, body }));
    },
    holds: async () => (await readHolds(place)).list,
    hold: (hold) => writeHolds(place, (list) => withHold(list, hold, Date.now() / 1000)),
    release: async (sha) => {
      const { list } = await readHolds(place);
      if (!list.some((hold) => hold.sha === sha)) return false;
      await writeHolds(place, (now) => now.filter((hold) => hold.sha !== sha));
      return true;
    },
  };
}

async function branchHead({ client, owner, repo }: Place, base: string): Promise<string> {
  const { data } = await ask(`the branch ${base}`, () => client.rest.git.getRef({ owner, repo, ref: `heads/${base}` }));
  return data.object.sha;
}

type ApiCommit = Awaited<ReturnType<GithubClient["rest"]["repos"]["listCommits"]>>["data"][number];

function toCommit(data: ApiCommit): Commit {
  const { author, message, committer } = data.commit;
  return {
    sha: data.sha,
    parents: data.parents.map(({ sha }) => sha),
    author: { name: author?.name ?? "", email: author?.email ?? "", login: data.author?.login ?? null },
    message,
    at: Date.parse(committer?.date ?? author?.date ?? "") || 0,
  };
}

async function getCommit({ client, owner, repo }: Place, sha: string): Promise<Commit | null> {
  try {
    const { data } = await client.rest.repos.getCommit({ owner, repo, ref: sha });
    return toCommit(data as ApiCommit);
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 422) return null;
    return ask(`the commit ${sha}`, () => Promise.reject(error));
  }
}

async function listCommits(
  { client, owner, repo }: Place,
  base: string,
  { since_ms, limit }: { since_ms: number; limit: number },
): Promise<Commit[]> {
  const since = new Date(since_ms).toISOString();
  const { data } = await ask("the history", () =>
    client.rest.repos.listCommits({ owner, repo, sha: base, since, per_page: Math.min(limit, 100) }),
  );
  return data.map(toCommit);
}

async function readFiles(
  { client, owner, repo }: Place,
  sha: string,
  wanted: (path: string) => boolean,
): Promise<StateFile[]> {
  const { data } = await ask(`the files of ${sha}`, () =>
    client.rest.git.getTree({ owner, repo, tree_sha: sha, recursive: "true" }),
  );
  if (data.truncated) throw new RepositoryError("invalid", "the repository has too many files to be listed at once");
  const entries = data.tree.filter(({ type, path }) => type === "blob" && wanted(path));
  if (entries.length > MAX_STATE_FILES)
    throw new RepositoryError("invalid", `there are more than ${MAX_STATE_FILES} state files`);
  const files: StateFile[] = [];
  for (const { path, sha: blob } of entries) {
    const answer = await ask(path, () => client.rest.git.getBlob({ owner, repo, file_sha: blob }));
    files.push({ path, text: Buffer.from(answer.data.content, "base64").toString("utf8") });
  }
  return files;
}

/** Steps that each find what an earlier run made: branch, then pull request, then labels. */
async function propose(place: Place, base: string, wanted: NewProposal): Promise<Proposal> {
  const sha = await commitOnBranch(place, wanted);
  const { client, owner, repo } = place;
  const there = await findProposal(place, wanted.branch);
  if (there !== null) return there;
  const { title, body, draft, branch } = wanted;
  const { data } = await ask("the pull request", () =>
    client.rest.pulls.create({ owner, repo, head: branch, base, title, body, draft }),
  );
  if (wanted.labels.length > 0) {
    // Labels are for readers; without them the proposal is as good.
    await client.rest.issues
      .addLabels({ owner, repo, issue_number: data.number, labels: [...wanted.labels] })
      .catch(() => undefined);
  }
  return { branch, sha, number: data.number, url: data.html_url, draft: data.draft ?? false, state: "open" };
}

async function commitOnBranch({ client, owner, repo }: Place, wanted: NewProposal): Promise<string> {
  const parent = await ask("the parent commit", () =>
    client.rest.git.getCommit({ owner, repo, commit_sha: wanted.parent }),
  );
  const tree = await ask("the tree", () =>
    client.rest.git.createTree({
      owner,
      repo,
      base_tree: parent.data.tree.sha,
      tree: wanted.files.map(({ path, text }) => ({
        path,
        mode: "100644" as const,
        type: "blob" as const,
        ...(text === null ? { sha: null } : { content: text }),
      })),
    }),
  );
  const ref = `heads/${wanted.branch}`;
  const existing = await client.rest.git
    .getRef({ owner, repo, ref })
    .catch((error: unknown) => (statusOf(error) === 404 ? null : Promise.reject(error)));
  if (existing !== null) return sameTree({ client, owner, repo }, existing.data.object.sha, tree.data.sha, wanted);
  const { data: commit } = await ask("the commit", () =>
    client.rest.git.createCommit({
      owner,
      repo,
      message: wanted.message,
      tree: tree.data.sha,
      parents: [wanted.parent],
    }),
  );
  await ask("the branch", () => client.rest.git.createRef({ owner, repo, ref: `refs/${ref}`, sha: commit.sha }));
  return commit.sha;
}

/** A branch of that name is ours from an earlier run, or it is not: then it is left alone. */
async function sameTree(
  { client, owner, repo }: Place,
  sha: string,
  tree: string,
  wanted: NewProposal,
): Promise<string> {
  const { data } = await ask("the branch's commit", () => client.rest.git.getCommit({ owner, repo, commit_sha: sha }));
  const isOurs = data.tree.sha === tree || data.message.trim() === wanted.message.trim();
  if (isOurs) return sha;
  throw new RepositoryError(
    "invalid",
    `the branch ${wanted.branch} is there already, with another content; remove it to go on`,
  );
}

async function findProposal({ client, owner, repo }: Place, branch: string): Promise<Proposal | null> {
  const { data } = await ask("the pull requests", () =>
    client.rest.pulls.list({ owner, repo, head: `${owner}:${branch}`, state: "all", per_page: 1 }),
  );
  const [found] = data;
  if (found === undefined) return null;
  const state = found.merged_at ? "merged" : found.state === "open" ? "open" : "closed";
  return { branch, sha: found.head.sha, number: found.number, url: found.html_url, draft: found.draft ?? false, state };
}

async function readHolds({ client, owner, repo }: Place): Promise<{ list: Hold[]; exists: boolean }> {
  try {
    const { data } = await client.rest.actions.getRepoVariable({ owner, repo, name: HOLDS_VARIABLE });
    return { list: parseHolds(data.value), exists: true };
  } catch (error) {
    if (statusOf(error) === 404) return { list: [], exists: false };
    return ask("the list of holds", () => Promise.reject(error));
  }
}

async function writeHolds(place: Place, change: (list: Hold[]) => Hold[]): Promise<void> {
  const { client, owner, repo } = place;
  const { list, exists } = await readHolds(place);
  const variable = { owner, repo, name: HOLDS_VARIABLE, value: JSON.stringify(change(list)) };
  await ask("the list of holds", async () => {
    if (exists) await client.rest.actions.updateRepoVariable(variable);
    else await client.rest.actions.createRepoVariable(variable);
  });
}
