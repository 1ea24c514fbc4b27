import { join } from "node:path";
import type { Config } from "../../config.ts";
import { AgentError } from "../../errors.ts";
import { createGithubRepository } from "./github.ts";
import { createPlainGitRepository } from "./plain-git.ts";
import type { Repository } from "./repository.ts";

type Names =
  | "DATA_DIR"
  | "GIT_BRANCH"
  | "GIT_PUSH_TO_BRANCH"
  | "GIT_REMOTE_URL"
  | "GIT_TOKEN"
  | "GITHUB_API_URL"
  | "GITHUB_REPOSITORY"
  | "GITHUB_TOKEN"
  | "STATE_FILES";
export type RepositoryConfig = Partial<Pick<Config, Names>>;

/** The repository that the environment names. Throws `CONFIG_INVALID` when it names none. */
export function openRepository(config: RepositoryConfig): Repository {
  const shared = { base: config.GIT_BRANCH ?? "main", patterns: config.STATE_FILES ?? [] };
  if (config.GITHUB_REPOSITORY !== undefined && config.GITHUB_TOKEN !== undefined) {
    const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token, GITHUB_API_URL: apiUrl } = config;
    return createGithubRepository({ ...shared, repository, token, apiUrl });
  }
  if (config.GIT_REMOTE_URL === undefined) {
    const problems = "  GITHUB_REPOSITORY with GITHUB_TOKEN, or GIT_REMOTE_URL, has to be set";
    throw new AgentError("CONFIG_INVALID", { problems });
  }
  return createPlainGitRepository({
    ...shared,
    url: config.GIT_REMOTE_URL,
    token: config.GIT_TOKEN,
    directory: join(config.DATA_DIR ?? "data", "git"),
    pushToBase: config.GIT_PUSH_TO_BRANCH ?? false,
  });
}
