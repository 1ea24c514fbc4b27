/**
 * Sends at a fixed rate whatever comes back, and counts each latency from the moment the request was due: a stall shows up in
 * every request that was due during it. Plain sockets, since the generator must cost less than what it measures.
 */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Load {
  port: number;
  perSecond: number;
  seconds: number;
  /** The bytes of request number n. */
  request(n: number): string | Buffer;
  /** Called with the status of each answer. */
  answered?: (n: number, status: number) => void;
}

export interface Latencies {
  sent: number;
  failed: number;
  p50: number;
  p99: number;
  max: number;
}

interface Connection {
  socket: Socket;
  n: number;
  dueAt: number;
  missing: number;
  head: string;
}

const TICK_MS = 1;
const MOST_CONNECTIONS = 512;

/** How many bytes of the response are still to come, or undefined while its head is incomplete. */
function missingBytes(head: string): number | undefined {
  const end = head.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(head);
  return end + 4 + Number(length?.[1] ?? 0) - head.length;
}

export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

class Generator {
  readonly latencies: Float64Array;
  answered = 0;
  failed = 0;
  private readonly idle: Connection[] = [];
  private readonly waiting: { n: number; dueAt: number }[] = [];
  private open = 0;
  private readonly load: Load;

  constructor(load: Load) {
    this.load = load;
    this.latencies = new Float64Array(load.perSecond * load.seconds);
  }

  due(n: number, dueAt: number): void {
    const connection = this.idle.pop();
    if (connection) this.write(connection, n, dueAt);
    else if (this.open < MOST_CONNECTIONS) this.dial(n, dueAt);
    else this.waiting.push({ n, dueAt });
  }

  close(): void {
    for (const { socket } of this.idle) socket.destroy();
  }

  private dial(n: number, dueAt: number): void {
    this.open += 1;
    const socket = connect({ port: this.load.port, host: "127.0.0.1", noDelay: true });
    const connection: Connection = { socket, n, dueAt, missing: -1, head: "" };
    socket.on("data", (chunk) => this.receive(connection, chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.lose(connection));
    this.write(connection, n, dueAt);
  }

  private write(connection: Connection, n: number, dueAt: number): void {
    connection.n = n;
    connection.dueAt = dueAt;
    connection.missing = -1;
    connection.head = "";
    connection.socket.write(this.load.request(n));
  }

  private receive(connection: Connection, chunk: Buffer): void {
    if (connection.missing < 0) {
      connection.head += chunk.toString("latin1");
      connection.missing = missingBytes(connection.head) ?? -1;
    } else {
      connection.missing -= chunk.length;
    }
    if (connection.missing !== 0) return;
    this.latencies[this.answered] = performance.now() - connection.dueAt;
    this.answered += 1;
    connection.dueAt = 0;
    this.load.answered?.(connection.n, Number(connection.head.slice(9, 12)));
    if (/\r\nconnection: close\r\n/i.test(connection.head)) connection.socket.destroy();
    else this.reuse(connection);
  }

  private reuse(connection: Connection): void {
    const next = this.waiting.shift();
    if (next) this.write(connection, next.n, next.dueAt);
    else this.idle.push(connection);
  }

  private lose(connection: Connection): void {
    this.open -= 1;
    const next = this.waiting.shift();
    if (next) this.dial(next.n, next.dueAt);
    if (connection.dueAt > 0) this.failed += 1;
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }
}

export async function runLoad(load: Load): Promise<Latencies> {
  const generator = new Generator(load);
  const total = load.perSecond * load.seconds;
  const start = performance.now();
  for (let sent = 0; sent < total; ) {
    const elapsed = performance.now() - start;
    const due = Math.min(total, Math.floor((elapsed * load.perSecond) / 1000));
    for (; sent < due; sent += 1) generator.due(sent, start + ((sent + 1) * 1000) / load.perSecond);
    await sleep(TICK_MS);
  }
  for (let waits = 0; generator.answered + generator.failed < total && waits < 500; waits += 1) await sleep(10);
  generator.close();
  const sorted = generator.latencies.slice(0, generator.answered).sort();
  return {
    sent: total,
    failed: total - generator.answered,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
  };
}
