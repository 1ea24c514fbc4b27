import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** In the format that `scripts/check` asks for, so that what is committed is what training writes, byte for byte. */
export function writeFormatted(file: string, text: string): void {
  writeFileSync(file, text);
  execFileSync(join(ROOT, "node_modules/.bin/biome"), ["format", "--write", file], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
