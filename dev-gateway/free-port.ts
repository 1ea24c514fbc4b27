import { createServer } from "node:net";

/** Below the ports that the kernel gives to outgoing connections, which would take one between this look and its use. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A port of the loopback interface that nobody listens on; nginx cannot be asked which one it took. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (await isFree(port)) return port;
  }
  throw new Error("found no free port on the loopback interface");
}
