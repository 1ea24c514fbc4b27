/** `npm run --silent score < requests.jsonl`: what the built plugin says about each request, one line each, in order. */
import { startScorer } from "./score/scorer.ts";

try {
  const { child, ended } = startScorer("inherit");
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => child.kill("SIGKILL"));
  process.exitCode = await ended;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
