import { posix } from "node:path";
import picomatch from "picomatch";
import { securityRemoved } from "../../preview/security.ts";
import { configuredBy } from "../state-files/configured-by.ts";
import { invertCommit } from "../state-files/invert-commit.ts";
import { type StateFile, StateFileError } from "../state-files/parse.ts";
import { type GitOptions, runGit } from "./git-command.ts";
import { MAX_STATE_FILES, RepositoryError, SHA } from "./repository.ts";

export interface RevertToVerify {
  /** A clone that has all three commits; its work tree is never looked at. */
  directory: string;
  /** What is taken back. */
  sha: string;
  /** The pull request's newest commit, and the branch it goes to. */
  head: string;
  base: string;
  patterns: readonly string[];
}

/**
 * Why merging `head` into `base` would not be exactly the inverse of the commit, entity by entity, or null: the merge is made as git would make it,
 * and every file of it compared with what the inverse gives. Reads objects, and runs nothing of them.
 */
export async function whyNotRevert({ directory, sha, head, base, patterns }: RevertToVerify): Promise<string | null> {
  if (!REFERENCE.test(head) || !REFERENCE.test(base)) return "head and base have to be commits or branches";
  if (!SHA.test(sha)) return "the commit that is taken back has to be named by its whole sha";
  const git = (args: readonly string[]) => runGit(args, { directory } satisfies GitOptions);
  const isIn = await git(["merge-base", "--is-ancestor", sha, base]).then(
    () => true,
    () => false,
  );
  if (!isIn) return `${sha} is not in ${base}`;
  const parents = (await git(["rev-list", "--parents", "-n1", sha])).trim().split(" ").slice(1);
  if (parents.length === 0) return "the first commit of a repository cannot be taken back";
  const merged = await mergedTree(git, base, head);
  if (merged === null) return `it does not merge into ${base} without conflicts`;
  const strange = await strangeChange(git, base, merged, isStateFile(patterns));
  if (strange !== null) return strange;
  const [good, bad, now, later] = await Promise.all(
    [parents[0] ?? "", sha, base, merged].map((version) => readFiles(git, version, isStateFile(patterns))),
  );
  return whyNotInverse({ good: good ?? [], bad: bad ?? [], now: now ?? [], later: later ?? [] });
}

const REFERENCE = /^[A-Za-z0-9][\w./-]{0,200}$/;

type Git = (args: readonly string[]) => Promise<string>;

const isStateFile = (patterns: readonly string[]) => {
  const matches = picomatch([...patterns]);
  return (path: string) => matches(posix.normalize(path));
};

async function mergedTree(git: Git, base: string, head: string): Promise<string | null> {
  try {
    const tree = (await git(["merge-tree", "--write-tree", base, head])).split("\n")[0] ?? "";
    return SHA.test(tree) ? tree : null;
  } catch (error) {
    // It ends with 1 where there are conflicts.
    if (error instanceof RepositoryError && / ended with 1:/.test(error.message)) return null;
    throw error;
  }
}

/** Only contents of state files may differ, as ordinary files. */
async function strangeChange(git: Git, base: string, merged: string, isState: (path: string) => boolean) {
  const raw = (await git(["diff-tree", "-r", "-z", "--no-renames", base, merged])).split("\0");
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [, mode] = (raw[i] ?? "").split(" ");
    const path = raw[i + 1] ?? "";
    if (!isState(path)) return `it changes ${path}, which is not a state file`;
    if (mode !== "100644" && mode !== "000000") return `it makes ${path} something else than an ordinary file`;
  }
  return raw.length < 2 ? "it changes nothing" : null;
}

async function readFiles(git: Git, version: string, isState: (path: string) => boolean): Promise<StateFile[]> {
  const paths = (await git(["ls-tree", "-r", "-z", "--name-only", version])).split("\0").filter((path) => path !== "");
  const wanted = paths.filter(isState);
  if (wanted.length > MAX_STATE_FILES)
    throw new RepositoryError("invalid", `there are more than ${MAX_STATE_FILES} state files`);
  const files: StateFile[] = [];
  for (const path of wanted) files.push({ path, text: await git(["cat-file", "blob", `${version}:${path}`]) });
  return files;
}

interface Sides {
  good: StateFile[];
  bad: StateFile[];
  now: StateFile[];
  later: StateFile[];
}

function whyNotInverse({ good, bad, now, later }: Sides): string | null {
  try {
    const { files, conflicts } = invertCommit({ good, bad, head: now });
    const [conflict] = conflicts;
    if (conflict !== undefined) return `${conflict.key} was changed again since: ${conflict.reason}`;
    const wanted = new Map(now.map(({ path, text }) => [path, text]));
    for (const { path, text } of files) {
      if (text === null) wanted.delete(path);
      else wanted.set(path, text);
    }
    const found = new Map(later.map(({ path, text }) => [path, text]));
    const other = [...new Set([...wanted.keys(), ...found.keys()])].find(
      (path) => wanted.get(path) !== found.get(path),
    );
    if (other !== undefined) return `${other} is not what taking the commit back leaves`;
  } catch (error) {
    if (error instanceof StateFileError) return error.message;
    throw error;
  }
  const [loss] = securityRemoved(configuredBy(now), configuredBy(later));
  return loss === undefined ? null : `it takes protection away: ${loss.plugin} is ${loss.change}, ${loss.detail}`;
}
