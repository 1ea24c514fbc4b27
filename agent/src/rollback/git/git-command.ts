import { spawn } from "node:child_process";
import { RepositoryError } from "./repository.ts";

export interface GitOptions {
  /** Where it runs; the bare copy. */
  directory: string;
  /** Sent as a header, through the environment; never in arguments. */
  token?: string | undefined;
  timeout_ms?: number;
  env?: Record<string, string>;
  input?: string;
}

const MAX_OUTPUT = 64 * 1024 * 1024;

/** Runs git and gives what it wrote. It never asks for anything, runs no hooks and reads no configuration but its own. */
export function runGit(args: readonly string[], options: GitOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-c", "core.hooksPath=/dev/null", ...args], {
      cwd: options.directory,
      env: environmentOf(options),
      timeout: options.timeout_ms ?? 30_000,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    let size = 0;
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) child.kill();
      else out.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(0, 4_000);
    });
    child.on("error", (cause) => reject(new RepositoryError("invalid", "git cannot be run; install it", { cause })));
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString("utf8"));
      else reject(failureOf(args[0] ?? "git", said, code));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

function environmentOf({ token, env }: GitOptions): Record<string, string> {
  const inherited = Object.fromEntries(
    ["PATH", "HOME", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"].flatMap(
      (name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      },
    ),
  );
  const settings =
    token === undefined
      ? []
      : [["http.extraHeader", `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`]];
  const numbered = settings.flatMap(([key = "", value = ""], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return {
    ...inherited,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: String(settings.length),
    LC_ALL: "C",
    ...Object.fromEntries(numbered),
    ...env,
  };
}

function failureOf(command: string, said: string, code: number | null): RepositoryError {
  // A remote's address may hold credentials.
  const text = said
    .replace(/\/\/[^/@\s]*@/g, "//")
    .trim()
    .split("\n")
    .slice(-3)
    .join("; ")
    .slice(0, 500);
  const message = `git ${command} ended with ${code ?? "a timeout"}: ${text}`;
  if (/\[rejected\]|non-fast-forward|fetch first|stale info|cannot lock ref/i.test(said))
    return new RepositoryError("conflict", message);
  if (/authentication failed|permission denied|could not read username|HTTP (401|403)|error: 40[13]/i.test(said))
    return new RepositoryError("unauthorized", message);
  if (/not found|does not exist|does not appear to be a git/i.test(said))
    return new RepositoryError("not_found", message);
  if (code === null || /could not resolve|unable to access|connection|timed out|early EOF/i.test(said))
    return new RepositoryError("unreachable", message);
  return new RepositoryError("invalid", message);
}
