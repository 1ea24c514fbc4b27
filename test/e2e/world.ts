/** Everything at once, and real: upstream, gateways on the target of this run, agent process, receiver of its notifications. */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "../../demo/accounts.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../demo/stack/webhooks.ts";
import { REQUEST_ID, startUpstream, type Upstream } from "../../demo/upstream.ts";
import { type AgentProcess, startAgentProcess } from "../support/agent-process.ts";
import { type Answer, type Call, call } from "../support/http.ts";
import { freePort, temporaryDirectory } from "../support/processes.ts";
import { entitiesOf, STAFF } from "./entities.ts";
import { type RunningGateway, startGateway } from "./gateway/gateway.ts";
import { testPolicy } from "./policy.ts";

export const ACCOUNTS: Account[] = Array.from({ length: 40 }, (_, i) => ({
  user: `customer${i}@example.com`,
  password: `right-password-${i}`,
}));

export const WEBHOOK_SECRET = `whsec_${Buffer.from("a webhook secret of the tests").toString("base64")}`;

export interface WorldOptions {
  /** Gateways that report to the same agent. */
  gateways?: number;
  /** With a database the agent can write entities; it makes the start slower. */
  database?: boolean;
  /** Merged into the plugin's configuration, which enforces. */
  plugin?: object;
  /** Environment variables of the agent; false for no agent process. */
  agent?: Record<string, string> | false;
  policy?: object;
  /** Where plugins look for the agent, when that is not the agent itself. */
  agentUrl?: string;
  trustedIps?: string[];
  /** Told where the first gateway's Admin API is, before the agent starts. */
  onGateway?: (adminUrl: string) => void;
}

export interface Sent extends Answer {
  /** It reached the upstream. */
  reached: boolean;
}

export interface ClientRequest extends Call {
  /** The client's address; it travels in X-Forwarded-For. */
  from: string;
  target?: string;
  gateway?: number;
}

export interface World {
  gateway: RunningGateway;
  gateways: RunningGateway[];
  agent: AgentProcess;
  upstream: Upstream;
  webhooks: WebhookReceiver;
  policyFile: string;
  /** On a connection of its own, so that workers take turns. */
  send(request: ClientRequest): Promise<Sent>;
  /** Logs in at /login. */
  logIn(from: string, user: string, password: string): Promise<Sent>;
  stop(): Promise<void>;
}

/** Runs what has been added, last first; whatever fails, the rest still runs. */
function createStops() {
  const stops: (() => Promise<void> | void)[] = [];
  return {
    add: (stop: () => Promise<void> | void) => void stops.push(stop),
    run: async () => {
      for (let stop = stops.pop(); stop; stop = stops.pop()) {
        await Promise.resolve(stop()).catch((error: Error) => console.error(`while stopping: ${error.message}`));
      }
    },
  };
}

type Stops = ReturnType<typeof createStops>;

async function startAgent(
  options: WorldOptions,
  parts: { port: number; adminUrl: string; policy: string; url: string },
) {
  const environment = {
    KONG_ADMIN_URL: parts.adminUrl,
    POLICY_FILE: parts.policy,
    DRY_RUN: "false",
    WEBHOOK_URL: parts.url,
    WEBHOOK_SECRET,
    ...(options.agent || {}),
  };
  return startAgentProcess({ port: parts.port, environment });
}

function sender(gateways: RunningGateway[], upstream: Upstream) {
  return async ({
    from,
    target = "/search?q=lamp",
    gateway = 0,
    headers = {},
    ...rest
  }: ClientRequest): Promise<Sent> => {
    const id = randomUUID();
    const own = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0" };
    const sent = { ...own, "x-forwarded-for": from, [REQUEST_ID]: id, ...headers };
    const answer = await call(`${gateways[gateway]!.proxyUrl}${target}`, { ...rest, headers: sent });
    return { ...answer, reached: upstream.reached(id) };
  };
}

async function start(options: WorldOptions, stops: Stops): Promise<World> {
  const folder = temporaryDirectory("world");
  stops.add(folder.remove);
  const upstream = await startUpstream(ACCOUNTS);
  stops.add(upstream.close);
  const webhooks = await startWebhookReceiver(WEBHOOK_SECRET);
  stops.add(webhooks.close);
  const port = await freePort();
  const entities = entitiesOf({
    upstreamUrl: `http://127.0.0.1:${upstream.port}`,
    agentUrl: options.agentUrl ?? `http://127.0.0.1:${port}`,
    plugin: options.plugin ?? {},
  });
  const { database = false, trustedIps = ["127.0.0.1/32"] } = options;
  const gateways: RunningGateway[] = [];
  for (let i = 0; i < (options.gateways ?? 1); i++) {
    const gateway = await startGateway({ database, trustedIps, entities });
    stops.add(gateway.stop);
    gateways.push(gateway);
  }
  options.onGateway?.(gateways[0]!.adminUrl);
  const policyFile = join(folder.path, "policy.yaml");
  writeFileSync(policyFile, JSON.stringify(options.policy ?? testPolicy()));
  const parts = { port, adminUrl: gateways[0]!.adminUrl, policy: policyFile, url: webhooks.url };
  const agent = options.agent === false ? undefined : await startAgent(options, parts);
  if (agent) stops.add(agent.remove);
  const send = sender(gateways, upstream);
  return {
    gateway: gateways[0]!,
    gateways,
    agent: agent!,
    upstream,
    webhooks,
    policyFile,
    send,
    logIn: (from, username, password) => send({ from, target: "/login", method: "POST", body: { username, password } }),
    stop: stops.run,
  };
}

/** Starts it all; what was started is stopped again when something fails. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const stops = createStops();
  try {
    return await start(options, stops);
  } catch (error) {
    await stops.run();
    throw error;
  }
}

export { STAFF };
