import { readFileSync } from "node:fs";

/** Nanoseconds a process has spent on a CPU so far. */
export function cpuNanoseconds(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
}

export interface Memory {
  /** The process's own: Lua's and nginx's heaps. */
  privateMb: number;
  /** Shared dictionaries, as far as they were touched; their size is what the configuration says. */
  sharedMb: number;
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { privateMb: megabytes("RssAnon"), sharedMb: megabytes("RssShmem") };
}
