/** Sends many different requests, each once, as fast as they are answered. */
import { connect } from "node:net";
import { missingBytes } from "./replay.ts";

export interface ClosedLoop {
  port: number;
  /** The requests of these numbers. */
  from: number;
  count: number;
  /** Nothing is sent after so many seconds. */
  seconds: number;
  request(n: number): string;
  /** Called after each so many answers with how many there are. */
  every: number;
  progress(answered: number): void;
}

const CONNECTIONS = 32;

/** One connection, one request at a time, until there is none left. Resolves with how many of its requests were not answered. */
function converse(load: ClosedLoop, next: () => string | undefined, answered: () => void): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
    let isWaiting = false;
    let missing = -1;
    let head = "";
    const send = () => {
      const request = next();
      if (request === undefined) return socket.destroy();
      isWaiting = true;
      missing = -1;
      head = "";
      return socket.write(request);
    };
    socket.on("connect", send);
    socket.on("data", (chunk) => {
      if (missing < 0) {
        head += chunk.toString("latin1");
        missing = missingBytes(head) ?? -1;
      } else missing -= chunk.length;
      if (missing !== 0) return;
      isWaiting = false;
      answered();
      if (/\r\nconnection: close\r\n/i.test(head)) socket.destroy();
      else send();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(isWaiting ? 1 : 0));
  });
}

/** How many were answered. Throws when the gateway does not answer any more. */
export async function sendAll(load: ClosedLoop): Promise<number> {
  const end = load.from + load.count;
  const until = performance.now() + load.seconds * 1000;
  let n = load.from;
  const isOver = () => n >= end || performance.now() >= until;
  let answers = 0;
  let lost = 0;
  const next = () => (isOver() ? undefined : load.request(n++));
  const answered = () => {
    answers += 1;
    if (answers % load.every === 0) load.progress(answers);
  };
  const worker = async () => {
    while (!isOver()) {
      const before = n;
      lost += await converse(load, next, answered);
      if (n === before && !isOver()) throw new Error("the gateway takes no connections any more");
      if (lost > load.count / 100) throw new Error(`the gateway left ${lost} requests unanswered`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return answers;
}
