import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface GitRepository {
  directory: string;
  /** The bare remote, and a clone of it on `main`. */
  remote: string;
  work: string;
  git: (...args: string[]) => string;
  /** Commits the files (null removes one, `{ link }` makes a symbolic link), pushes the branch, and gives the sha. */
  commit: (message: string, files: Record<string, string | null | { link: string }>) => string;
  remove: () => void;
}

/** A real bare repository and a clone, with nothing of the user's configuration. */
export function createGitRepository(): GitRepository {
  const directory = mkdtempSync(join(tmpdir(), "kong-config-"));
  const remote = join(directory, "remote.git");
  const work = join(directory, "work");
  const options = ["-c", "user.name=dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false"];
  const git = (...args: string[]) =>
    execFileSync("git", [...options, ...args], { cwd: work, stdio: "pipe" })
      .toString()
      .trim();
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", remote]);
  execFileSync("git", ["clone", "-q", remote, work], { stdio: "pipe" });
  git("checkout", "-q", "-b", "main");
  return {
    directory,
    remote,
    work,
    git,
    commit: (message, files) => {
      for (const [path, content] of Object.entries(files)) {
        const full = join(work, path);
        mkdirSync(dirname(full), { recursive: true });
        if (content === null || typeof content === "object") rmSync(full, { force: true });
        if (typeof content === "string") writeFileSync(full, content);
        else if (content !== null) symlinkSync(content.link, full);
      }
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", message);
      git("push", "-q", "origin", "HEAD");
      return git("rev-parse", "HEAD");
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
