import { counters } from "./counters.ts";
import { randomHex } from "./digest.ts";

/** Names this node and this worker in everything that is sent. */
let node: string | undefined;

function askKong(): string {
  return kong.node.get_id();
}

/** Kong's node id; where there is none, a random name that the workers of this node share. */
export function nodeName(): string {
  if (node === undefined) {
    const [ok, id] = pcall(askKong);
    node = ok && typeof id === "string" ? id : shareName();
  }
  return node;
}

function shareName(): string {
  counters.add("N", randomHex(16));
  const [name] = counters.get("N");
  return name as string;
}

let worker: string | undefined;

/** Differs between workers and between a worker and its successor. */
export function workerName(): string {
  if (worker === undefined) {
    worker = `${ngx.worker.id() ?? 0}.${ngx.worker.pid()}.${randomHex(4)}`;
  }
  return worker;
}
