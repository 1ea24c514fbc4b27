import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { AgentError } from "../errors.ts";

const BEAT_MS = 5_000;
/** A lock of another host, whose processes nobody here can see, is given up when it was not touched for so long. */
const FOREIGN_STALE_MS = 30_000;

interface Owner {
  pid: number;
  host: string;
  /** When the process started, in clock ticks since boot, where the system tells: a process id alone is used again. */
  started: string;
}

/**
 * Two processes on one PGlite directory lose rows silently, so the directory belongs to one. A lock whose process is gone (a
 * crash) is taken over. Returns what gives it back.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "agent.lock");
  if (!createLock(path)) takeOver(path, directory);
  const beat = setInterval(() => touch(path), BEAT_MS).unref();
  return () => {
    clearInterval(beat);
    rmSync(path, { force: true });
  };
}

/** Atomic, with its content: written aside, then linked. */
function createLock(path: string): boolean {
  const aside = `${path}.${process.pid}`;
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  writeFileSync(aside, JSON.stringify(owner), { mode: 0o600 });
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** One at a time, or two that both saw a stale lock could each remove the other's new one. */
function takeOver(path: string, directory: string): void {
  const guard = `${path}.takeover`;
  if (ageOf(guard) > FOREIGN_STALE_MS) rmSync(guard, { force: true });
  const guarded = createLock(guard);
  try {
    const owner = readOwner(path);
    if (!guarded || isAlive(owner, path)) {
      const name = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
      throw new AgentError("STORE_LOCKED", { directory, owner: name });
    }
    rmSync(path, { force: true });
    createLock(path);
  } finally {
    if (guarded) rmSync(guard, { force: true });
  }
}

function readOwner(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Owner;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner | null, path: string): boolean {
  if (owner === null) return false;
  if (owner.host !== hostname()) return ageOf(path) < FOREIGN_STALE_MS;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return owner.started === startOf(owner.pid);
}

/** 0 when there is no such file. */
function ageOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Gone with its directory: nothing left to guard.
  }
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
