/** Sends many different requests, each once, at a fixed rate whatever comes back. Latencies are for `steady-load.ts`. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Replay {
  port: number;
  perSecond: number;
  seconds: number;
  /** The bytes of request number n. */
  request(n: number): string | Buffer;
  /** Called with the status of each answer. */
  answered?: (n: number, status: number) => void;
}

export interface Replayed {
  sent: number;
  failed: number;
}

interface Connection {
  socket: Socket;
  n: number;
  isBusy: boolean;
  missing: number;
  head: string;
}

const TICK_MS = 1;
const MOST_CONNECTIONS = 512;

/** How many bytes of the response are still to come, or undefined while its head is incomplete. */
export function missingBytes(head: string): number | undefined {
  const end = head.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(head);
  return end + 4 + Number(length?.[1] ?? 0) - head.length;
}

class Generator {
  answered = 0;
  failed = 0;
  private readonly idle: Connection[] = [];
  private readonly waiting: number[] = [];
  private open = 0;
  private readonly load: Replay;

  constructor(load: Replay) {
    this.load = load;
  }

  due(n: number): void {
    const connection = this.idle.pop();
    if (connection) this.write(connection, n);
    else if (this.open < MOST_CONNECTIONS) this.dial(n);
    else this.waiting.push(n);
  }

  close(): void {
    for (const { socket } of this.idle) socket.destroy();
  }

  private dial(n: number): void {
    this.open += 1;
    const socket = connect({ port: this.load.port, host: "127.0.0.1", noDelay: true });
    const connection: Connection = { socket, n, isBusy: true, missing: -1, head: "" };
    socket.on("data", (chunk) => this.receive(connection, chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.lose(connection));
    this.write(connection, n);
  }

  private write(connection: Connection, n: number): void {
    connection.n = n;
    connection.isBusy = true;
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
    this.answered += 1;
    connection.isBusy = false;
    this.load.answered?.(connection.n, Number(connection.head.slice(9, 12)));
    if (/\r\nconnection: close\r\n/i.test(connection.head)) connection.socket.destroy();
    else this.reuse(connection);
  }

  private reuse(connection: Connection): void {
    const next = this.waiting.shift();
    if (next !== undefined) this.write(connection, next);
    else this.idle.push(connection);
  }

  private lose(connection: Connection): void {
    this.open -= 1;
    const next = this.waiting.shift();
    if (next !== undefined) this.dial(next);
    if (connection.isBusy) this.failed += 1;
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }
}

export async function replay(load: Replay): Promise<Replayed> {
  const generator = new Generator(load);
  const total = load.perSecond * load.seconds;
  const start = performance.now();
  for (let sent = 0; sent < total; ) {
    const elapsed = performance.now() - start;
    const due = Math.min(total, Math.floor((elapsed * load.perSecond) / 1000));
    for (; sent < due; sent += 1) generator.due(sent);
    await sleep(TICK_MS);
  }
  for (let waits = 0; generator.answered + generator.failed < total && waits < 500; waits += 1) await sleep(10);
  generator.close();
  return { sent: total, failed: total - generator.answered };
}
