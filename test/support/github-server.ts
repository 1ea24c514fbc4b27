/** A server on 127.0.0.1 that speaks the part of GitHub's REST and GraphQL API that reverts need, over a real bare repository. */
import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PullRequest {
  number: number;
  title: string;
  body: string;
  head: string;
  base: string;
  draft: boolean;
  state: "open" | "closed";
  merged: boolean;
  labels: string[];
  comments: string[];
  autoMerge: boolean;
}

/** Instead of an answer. */
export type Fault = { status: number; message?: string; headers?: Record<string, string> } | "reset" | "hang";

export interface GithubServer {
  url: string;
  pulls: PullRequest[];
  variables: Map<string, string>;
  /** `METHOD path` of every request, in order. */
  requests: string[];
  /** Asked before each request; what it gives is answered instead. `after` lets the request take effect first. */
  fault: (request: string) => { fault: Fault; after?: boolean } | null;
  /** What enabling auto-merge is answered; null arms it. */
  autoMergeRefusal: string | null;
  /** Of a merge: null merges. */
  mergeRefusal: string | null;
  close: () => Promise<void>;
}

const TOKEN = "ghs_0123456789abcdef0123456789abcdef0123";
export const GITHUB_TOKEN = TOKEN;
const AUTHOR = {
  GIT_AUTHOR_NAME: "app",
  GIT_AUTHOR_EMAIL: "app@example.com",
  GIT_COMMITTER_NAME: "app",
  GIT_COMMITTER_EMAIL: "app@example.com",
};

// biome-ignore lint/suspicious/noExplicitAny: bodies of requests, checked by what is done with them
type Json = any;
type Answer = [status: number, body: Json, headers?: Record<string, string>];

/** `bare` is the path of the repository, which is known as `acme/kong-config`. */
export async function startGithubServer(bare: string): Promise<GithubServer> {
  const git = (args: string[], input?: string) =>
    execFileSync("git", args, {
      cwd: bare,
      input: input ?? "",
      env: { ...process.env, ...AUTHOR },
      stdio: ["pipe", "pipe", "pipe"],
    }).toString();
  const state: GithubServer = {
    url: "",
    pulls: [],
    variables: new Map(),
    requests: [],
    fault: () => null,
    autoMergeRefusal: null,
    mergeRefusal: null,
    close: async () => undefined,
  };
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${(request.url ?? "").split("?")[0]}`;
    state.requests.push(line);
    const told = state.fault(line);
    if (told !== null && !told.after) return fail(request, response, told.fault);
    const answer = await answerTo(request, state, git);
    if (told !== null) return fail(request, response, told.fault);
    send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return state;
}

function fail(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  if (fault === "reset") return void request.socket.destroy();
  if (fault === "hang") return;
  send(response, [fault.status, { message: fault.message ?? "said so by the test" }, fault.headers ?? {}]);
}

function send(response: ServerResponse, [status, body, headers]: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

type Git = (args: string[], input?: string) => string;

async function answerTo(request: IncomingMessage, state: GithubServer, git: Git): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.headers.authorization !== `token ${TOKEN}`) return [401, { message: "Bad credentials" }];
  const text = Buffer.concat(chunks).toString("utf8");
  const body: Json = text === "" ? {} : JSON.parse(text);
  const url = new URL(request.url ?? "/", "http://x");
  if (url.pathname === "/graphql") return graphql(state, body);
  const [, path] = /^\/repos\/acme\/kong-config(\/.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  if (path === undefined) return notFound();
  try {
    return route(`${request.method} ${path}`, url.searchParams, body, state, git);
  } catch (error) {
    return [422, { message: `Validation Failed: ${(error as Error).message.slice(0, 200)}` }];
  }
}

const notFound = (): Answer => [404, { message: "Not Found" }];

function route(line: string, query: URLSearchParams, body: Json, state: GithubServer, git: Git): Answer {
  for (const [pattern, handle] of ROUTES) {
    const found = pattern.exec(line);
    if (found !== null) return handle({ at: found[1] ?? "", query, body, state, git });
  }
  return notFound();
}

interface Call {
  /** What stood at the variable part of the path. */
  at: string;
  query: URLSearchParams;
  body: Json;
  state: GithubServer;
  git: Git;
}

const ROUTES: [RegExp, (call: Call) => Answer][] = [
  [/^GET \/git\/ref\/(.+)$/, ({ at, git }) => refOf(at, git)],
  [/^POST \/git\/refs$/, createRef],
  [/^GET \/git\/commits\/(\w+)$/, ({ at, git }) => [200, gitCommit(at, git)]],
  [/^POST \/git\/commits$/, createCommit],
  [/^GET \/git\/trees\/(\w+)$/, getTree],
  [/^POST \/git\/trees$/, createTree],
  [
    /^GET \/git\/blobs\/(\w+)$/,
    ({ at, git }) => [
      200,
      { sha: at, encoding: "base64", content: Buffer.from(git(["cat-file", "blob", at])).toString("base64") },
    ],
  ],
  [
    /^GET \/commits\/(\w+)$/,
    ({ at, git }) =>
      exists(at, git) ? [200, apiCommit(at, git)] : [422, { message: `No commit found for SHA: ${at}` }],
  ],
  [/^GET \/commits$/, listCommits],
  [/^GET \/pulls$/, listPulls],
  [/^POST \/pulls$/, createPull],
  [/^GET \/pulls\/(\d+)$/, ({ at, state, git }) => withPull(state, at, (pull) => [200, viewPull(pull, git)])],
  [/^PUT \/pulls\/(\d+)\/merge$/, mergePull],
  [
    /^POST \/issues\/(\d+)\/labels$/,
    ({ at, body, state }) => withPull(state, at, (pull) => [200, pull.labels.push(...body.labels)]),
  ],
  [
    /^POST \/issues\/(\d+)\/comments$/,
    ({ at, body, state }) => withPull(state, at, (pull) => [201, { id: pull.comments.push(body.body) }]),
  ],
  [
    /^GET \/actions\/variables\/(\w+)$/,
    ({ at, state }) => (state.variables.has(at) ? [200, { name: at, value: state.variables.get(at) }] : notFound()),
  ],
  [/^POST \/actions\/variables$/, createVariable],
  [
    /^PATCH \/actions\/variables\/(\w+)$/,
    ({ at, body, state }) => (state.variables.has(at) ? [204, state.variables.set(at, body.value)] : notFound()),
  ],
];

function exists(sha: string, git: Git): boolean {
  try {
    git(["cat-file", "-e", `${sha}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

const tryRef = (ref: string, git: Git): string => {
  try {
    return git(["rev-parse", "--verify", "-q", ref]).trim();
  } catch {
    return "";
  }
};

function refOf(ref: string, git: Git): Answer {
  const sha = tryRef(`refs/${ref}`, git);
  return sha === "" ? notFound() : [200, { ref: `refs/${ref}`, object: { type: "commit", sha } }];
}

function createRef({ body, git }: Call): Answer {
  if (tryRef(body.ref, git) !== "") return [422, { message: "Reference already exists" }];
  git(["update-ref", body.ref, body.sha]);
  return [201, { ref: body.ref, object: { type: "commit", sha: body.sha } }];
}

const show = (sha: string, format: string, git: Git): string =>
  git(["log", "-n1", `--format=${format}`, sha]).trimEnd();

function gitCommit(sha: string, git: Git): Json {
  const parents = show(sha, "%P", git)
    .split(" ")
    .filter(Boolean)
    .map((parent) => ({ sha: parent }));
  const author = { name: show(sha, "%an", git), email: show(sha, "%ae", git), date: show(sha, "%aI", git) };
  return {
    sha,
    tree: { sha: show(sha, "%T", git) },
    message: show(sha, "%B", git),
    parents,
    author,
    committer: { ...author, date: show(sha, "%cI", git) },
  };
}

function apiCommit(sha: string, git: Git): Json {
  const { tree: _, parents, ...commit } = gitCommit(sha, git);
  return { sha, commit, parents, author: { login: commit.author.name } };
}

function createCommit({ body, git }: Call): Answer {
  const parents = (body.parents as string[]).flatMap((parent) => ["-p", parent]);
  const sha = git(["commit-tree", body.tree, ...parents], body.message).trim();
  return [201, gitCommit(sha, git)];
}

function getTree({ at, git }: Call): Answer {
  const tree = git(["ls-tree", "-r", "-t", at])
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [mode, type, rest = ""] = line.split(" ");
      const [sha, path] = rest.split("\t");
      return { path, mode, type, sha };
    });
  return [200, { sha: at, tree, truncated: false }];
}

function createTree({ body, git }: Call): Answer {
  const entries = new Map(
    git(["ls-tree", "-r", body.base_tree])
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.split("\t")[1] ?? "", line.split("\t")[0] ?? ""]),
  );
  for (const { path, mode, content, sha } of body.tree) {
    if (sha === null) entries.delete(path);
    else entries.set(path, `${mode} blob ${sha ?? git(["hash-object", "-w", "--stdin"], content).trim()}`);
  }
  const index = [...entries].map(([path, entry]) => `${entry}\t${path}`).join("\n");
  return [201, { sha: writeTree(index, git) }];
}

/** Of full paths: subtrees first. */
function writeTree(index: string, git: Git): string {
  const here: string[] = [];
  const below = new Map<string, string[]>();
  for (const line of index.split("\n").filter(Boolean)) {
    const [entry = "", path = ""] = line.split("\t");
    const slash = path.indexOf("/");
    if (slash < 0) here.push(line);
    else
      below.set(path.slice(0, slash), [
        ...(below.get(path.slice(0, slash)) ?? []),
        `${entry}\t${path.slice(slash + 1)}`,
      ]);
  }
  for (const [name, lines] of below) here.push(`040000 tree ${writeTree(lines.join("\n"), git)}\t${name}`);
  return git(["mktree"], `${here.join("\n")}\n`).trim();
}

function listCommits({ query, git }: Call): Answer {
  const since = query.get("since");
  const range = git([
    "log",
    "--format=%H",
    ...(since ? [`--since=${since}`] : []),
    `-n${query.get("per_page") ?? 30}`,
    query.get("sha") ?? "HEAD",
  ]);
  return [
    200,
    range
      .split("\n")
      .filter(Boolean)
      .map((sha) => apiCommit(sha, git)),
  ];
}

const withPull = (state: GithubServer, number: string, then: (pull: PullRequest) => Answer): Answer => {
  const pull = state.pulls.find((one) => one.number === Number(number));
  return pull === undefined ? notFound() : then(pull);
};

function viewPull(pull: PullRequest, git: Git): Json {
  return {
    number: pull.number,
    node_id: `PR_${pull.number}`,
    html_url: `https://github.example/acme/kong-config/pull/${pull.number}`,
    draft: pull.draft,
    state: pull.state,
    merged: pull.merged,
    merged_at: pull.merged ? "2026-01-01T00:00:00Z" : null,
    head: { ref: pull.head, sha: tryRef(`refs/heads/${pull.head}`, git) },
  };
}

function listPulls({ query, state, git }: Call): Answer {
  const head = (query.get("head") ?? "").split(":")[1];
  return [200, state.pulls.filter((pull) => pull.head === head).map((pull) => viewPull(pull, git))];
}

function createPull({ body, state, git }: Call): Answer {
  if (state.pulls.some((pull) => pull.head === body.head && pull.state === "open"))
    return [422, { message: `Validation Failed: A pull request already exists for acme:${body.head}.` }];
  const pull: PullRequest = {
    number: state.pulls.length + 1,
    title: body.title,
    body: body.body,
    head: body.head,
    base: body.base,
    draft: body.draft ?? false,
    state: "open",
    merged: false,
    labels: [],
    comments: [],
    autoMerge: false,
  };
  state.pulls.push(pull);
  return [201, viewPull(pull, git)];
}

/** A squash: the branch's tree as one commit on the base. */
function mergePull({ at, body, state, git }: Call): Answer {
  return withPull(state, at, (pull) => {
    if (state.mergeRefusal !== null) return [405, { message: state.mergeRefusal }];
    const head = tryRef(`refs/heads/${pull.head}`, git);
    if (body.sha !== head) return [409, { message: "Head branch was modified. Review and try the merge again." }];
    const base = tryRef(`refs/heads/${pull.base}`, git);
    const merged = git(["merge-tree", "--write-tree", base, head]).split("\n")[0] ?? "";
    git(["update-ref", `refs/heads/${pull.base}`, git(["commit-tree", merged, "-p", base], pull.title).trim(), base]);
    pull.merged = true;
    pull.state = "closed";
    return [200, { merged: true }];
  });
}

function graphql(state: GithubServer, body: Json): Answer {
  const pull = state.pulls.find((one) => `PR_${one.number}` === body.variables?.id);
  if (pull === undefined)
    return [200, { data: null, errors: [{ type: "NOT_FOUND", message: "Could not resolve to a node" }] }];
  if (state.autoMergeRefusal !== null)
    return [200, { data: null, errors: [{ type: "UNPROCESSABLE", message: state.autoMergeRefusal }] }];
  pull.autoMerge = true;
  return [200, { data: { enablePullRequestAutoMerge: { pullRequest: { number: pull.number } } } }];
}

function createVariable({ body, state }: Call): Answer {
  if (state.variables.has(body.name)) return [409, { message: "Already exists" }];
  state.variables.set(body.name, body.value);
  return [201, {}];
}
