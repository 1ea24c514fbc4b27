import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SCRIPTS = new URL("../../kong-config-template/scripts/", import.meta.url).pathname;

export interface FakePrograms {
  directory: string;
  /** Makes an executable that notes its arguments and environment, then runs the shell text. */
  add: (name: string, shell: string) => void;
  /** Its calls so far: the arguments of each. */
  calls: (name: string) => string[][];
  /** Of its last call, those variables that begin so. */
  environment: (name: string, prefix: string) => Record<string, string>;
}

/** Executables of the test in front of whatever the machine has. */
export function createFakePrograms(directory: string): FakePrograms {
  mkdirSync(directory, { recursive: true });
  const log = (name: string) => join(directory, `.${name}.calls`);
  const environment = (name: string) => join(directory, `.${name}.env`);
  return {
    directory,
    add: (name, shell) => {
      const notes = `printf '%s\\037' "$@" >>'${log(name)}'; printf '\\n' >>'${log(name)}'; env -0 >'${environment(name)}'`;
      writeFileSync(join(directory, name), `#!/usr/bin/env bash\nset -eu\n${notes}\n${shell}\n`);
      chmodSync(join(directory, name), 0o755);
    },
    calls: (name) => {
      if (!existsSync(log(name))) return [];
      const lines = readFileSync(log(name), "utf8")
        .split("\u001f\n")
        .filter((line) => line !== "");
      return lines.map((line) => line.replace(/^\n/, "").split("\u001f"));
    },
    environment: (name, prefix) => {
      const pairs = readFileSync(environment(name), "utf8").split("\0");
      return Object.fromEntries(
        pairs.filter((pair) => pair.startsWith(prefix)).map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
      );
    },
  };
}

export interface Ran {
  status: number | null;
  text: string;
}

/** Runs a script of the template as a workflow would, with nothing of this process's environment but where programs are. */
export function runScript(
  name: string,
  args: string[],
  options: { cwd: string; fakes: FakePrograms; env?: Record<string, string> },
): Promise<Ran> {
  const { cwd, fakes, env = {} } = options;
  const { PATH = "", HOME = "" } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(join(SCRIPTS, name), args, { cwd, env: { PATH: `${fakes.directory}:${PATH}`, HOME, ...env } });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, text }));
  });
}
