/** The repository of the gateway's configuration: a bare one behind a server that speaks GitHub's API, and a developer's clone. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { GITHUB_TOKEN, type GithubServer, startGithubServer } from "../../test/support/github-server.ts";
import { STATE_FILE } from "./state-file.ts";

export interface ConfigRepository {
  github: GithubServer;
  /** What the agent is told about it. */
  agentSettings: Record<string, string>;
  /** Commits the state file and pushes it to main; its sha. */
  commit(text: string, message: string): string;
  /** The sha of main, as it is now. */
  head(): string;
  /** Why the template's check refuses to sync the commit; null where it does not. */
  whyHeld(sha: string): string | null;
  /** The state file at a commit. */
  stateFileAt(sha: string): string;
  close(): Promise<void>;
}

const CHECK_HOLDS = resolve("kong-config-template", "scripts", "check-holds.sh");
const AUTHOR = ["-c", "user.name=Dana Developer", "-c", "user.email=dana@example.com", "-c", "commit.gpgsign=false"];

export async function startConfigRepository(folder: string): Promise<ConfigRepository> {
  const bare = join(folder, "kong-config.git");
  const clone = join(folder, "kong-config");
  const git = (args: string[], cwd = clone): string =>
    execFileSync("git", [...AUTHOR, ...args], { cwd, stdio: "pipe" }).toString();
  git(["init", "-q", "--bare", "-b", "main", bare], folder);
  git(["clone", "-q", bare, clone], folder);
  git(["checkout", "-q", "-b", "main"]);
  const github = await startGithubServer(bare);
  // No check has to pass on this repository: what GitHub says then when auto-merge is asked for.
  github.autoMergeRefusal = "Pull request Pull request is in clean status";
  return {
    github,
    agentSettings: {
      GITHUB_REPOSITORY: "acme/kong-config",
      GITHUB_TOKEN,
      GITHUB_API_URL: github.url,
      STATE_FILES: STATE_FILE,
    },
    commit(text, message) {
      writeFileSync(join(clone, STATE_FILE), text);
      git(["add", "-A"]);
      git(["commit", "-q", "-m", message]);
      git(["push", "-q", "origin", "HEAD:main"]);
      return git(["rev-parse", "HEAD"]).trim();
    },
    head: () => git(["rev-parse", "refs/heads/main"], bare).trim(),
    whyHeld(sha) {
      git(["fetch", "-q", "origin"]);
      git(["checkout", "-q", "--detach", sha]);
      // GitHub gives a repository's variables to its workflows.
      const env = { ...process.env, KONG_HOLDS: github.variables.get("KONG_HOLDS") ?? "[]", STATE_FILES: STATE_FILE };
      const { status, stderr } = spawnSync(CHECK_HOLDS, [sha], { cwd: clone, env, encoding: "utf8" });
      git(["checkout", "-q", "main"]);
      return status === 0 ? null : stderr.trim().replace(/^::error::/, "");
    },
    stateFileAt: (sha) => git(["show", `${sha}:${STATE_FILE}`], bare),
    close: () => github.close(),
  };
}
