import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildAdmin } from "./admin/app.ts";
import { loadDocument, parseDocument } from "./admin/document.ts";
import { Gateway } from "./admin/gateway.ts";
import { VERSION } from "./admin/version.ts";
import { freePort } from "./free-port.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { type Options, parseOptions } from "./options.ts";

async function loadFile(gateway: Gateway, path: string): Promise<void> {
  const text = readFileSync(path, "utf8");
  await loadDocument(gateway, parseDocument(text));
  gateway.configurationHash = gateway.hashOf(text);
  await gateway.publish();
}

/** As `kong reload`: new plugin code, same shared dictionaries; without a database the file is what counts again. */
async function reload(gateway: Gateway, nginx: Nginx, options: Options): Promise<void> {
  if (options.config && !options.database) await loadFile(gateway, options.config);
  nginx.reload();
}

async function start(options: Options): Promise<void> {
  const prefix = options.prefix ? resolve(options.prefix) : mkdtempSync(join(tmpdir(), "dev-gateway-"));
  const proxyPort = options.proxyPort || (await freePort());
  const layout = { prefix, proxyPort, controlSocket: join(prefix, "control.sock") };
  const nodeId = randomUUID();
  const nginx = await startNginx(options, layout, nodeId);
  const gateway = new Gateway(nginx, await nginx.plugins(), nodeId, options.database);
  if (options.config) {
    await loadFile(gateway, options.config);
    await nginx.settled();
  }
  const admin = buildAdmin(gateway);
  const adminUrl = await admin.listen({ host: "127.0.0.1", port: options.adminPort });

  const stop = async (): Promise<void> => {
    await admin.close();
    await nginx.stop();
    if (!options.prefix) rmSync(prefix, { recursive: true, force: true });
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
  process.on("SIGHUP", () => void reload(gateway, nginx, options).catch((error: unknown) => console.error(error)));
  console.error("dev-gateway is a development stand-in for Kong, on loopback only. Never use it in production.");
  console.log(
    JSON.stringify({
      ready: true,
      version: VERSION,
      proxyUrl: `http://127.0.0.1:${proxyPort}`,
      adminUrl,
      prefix,
      pid: process.pid,
    }),
  );
  const code = await nginx.exited;
  await admin.close();
  process.exitCode = code ?? 0;
}

try {
  await start(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
