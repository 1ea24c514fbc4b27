import type { Config } from "./configure.ts";
import { logOccasionally } from "./occasional-log.ts";

/** A reference that Kong has not resolved stands there as it is, or as an empty text. */
const isUnresolved = (secret: string | undefined): boolean =>
  secret !== undefined && (secret === "" || string.sub(secret, 1, 9) === "{vault://");

const findUnresolved = ({ secret, feed_secret }: Config["agent"]): string | undefined => {
  if (isUnresolved(secret)) return "agent.secret";
  return isUnresolved(feed_secret) ? "agent.feed_secret" : undefined;
};

const resolve = (agent: Config["agent"]): void => kong.vault.update(agent);

/**
 * Whether the keys can be used: nothing is signed with what is none, and nothing that was is taken. Kong resolves references in its own table, for a data
 * plane that starts without its control plane only when a request comes; timers ask for it.
 */
export function hasKeys(agent: Config["agent"]): boolean {
  if (findUnresolved(agent) === undefined) return true;
  pcall(resolve, agent);
  const name = findUnresolved(agent);
  if (name === undefined) return true;
  const until = "nothing goes to the agent or comes from it until it is";
  logOccasionally(
    ngx.ERR,
    "keys",
    `the reference in ${name} is not resolved on this node, see Kong's messages: ${until}`,
  );
  return false;
}

let hasWarned = false;

/** Kong configures all workers, and often: one of them says it, once. */
export function warnOfHashKey(configs: Config[]): void {
  if (hasWarned || ngx.worker.id() !== 0) return;
  for (const { agent, hash_key } of configs) {
    if (agent.url === undefined || (hash_key !== undefined && hash_key !== "")) continue;
    hasWarned = true;
    ngx.log(
      ngx.WARN,
      "[threat-response] hash_key is not set: this node draws one of its own whenever Kong starts, so that nobody knows the users and credentials ",
      "of other nodes, or of before, again. Set the same on all nodes: openssl rand -hex 32 makes one",
    );
    return;
  }
}
