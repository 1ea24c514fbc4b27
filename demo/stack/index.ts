/** Everything the demo runs on: API, gateway, agent, and where notifications go. Started in order, stopped in reverse. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningGateway, startGateway } from "../../test/e2e/gateway/gateway.ts";
import { freePort } from "../../test/support/processes.ts";
import { type Account, makeAccounts } from "../accounts.ts";
import { createLedger, type Ledger } from "../ledger.ts";
import type { Options } from "../options.ts";
import { seeded } from "../random.ts";
import { closeConnections } from "../request.ts";
import { type ConfigRepository, startConfigRepository } from "../rollback/config-repository.ts";
import { stateFile } from "../rollback/state-file.ts";
import { syncCommit } from "../rollback/sync.ts";
import { startUpstream } from "../upstream.ts";
import { type Agent, makeSecrets, type Secrets, startAgent } from "./agent.ts";
import { configureKong } from "./configure.ts";
import type { Choice } from "./gateway.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./webhooks.ts";

export interface Stack {
  seed: number;
  accounts: Account[];
  staff: Account;
  ledger: Ledger;
  gateway: RunningGateway;
  agent: Agent;
  secrets: Secrets;
  webhooks: WebhookReceiver;
  repository: ConfigRepository;
}

/** What has been started; whatever happens, it is stopped again. */
export interface Cleanup {
  add(stop: () => Promise<void> | void): void;
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const stops: (() => Promise<void> | void)[] = [];
  return {
    add: (stop) => stops.push(stop),
    async run() {
      for (let stop = stops.pop(); stop; stop = stops.pop()) {
        await Promise.resolve(stop()).catch((error: Error) =>
          process.stderr.write(`while stopping: ${error.message}\n`),
        );
      }
    },
  };
}

/** What the shop's team sets by hand, and what the partners' team keeps in git. */
async function configure(
  adminUrl: string,
  upstreamUrl: string,
  agentUrl: string,
  { secrets, staff, repository }: Pick<Stack, "secrets" | "staff" | "repository">,
): Promise<void> {
  await configureKong({ adminUrl, upstreamUrl, agentUrl, secrets, staff });
  const sha = repository.commit(stateFile(upstreamUrl), "Serve the echo route");
  await syncCommit({ adminUrl, agentUrl, ciToken: secrets.ci, repository }, sha);
}

const ACCOUNTS = 80;

export async function startStack({ seed }: Options, choice: Choice, cleanup: Cleanup): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), "threat-response-demo-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const random = seeded(seed);
  const accounts = makeAccounts(random, ACCOUNTS);
  const staff = { user: "ines.reporter", password: `${random.hex(12)}` };
  const secrets = makeSecrets();
  const upstream = await startUpstream(accounts);
  cleanup.add(() => upstream.close());
  const webhooks = await startWebhookReceiver(secrets.webhook);
  cleanup.add(() => webhooks.close());
  const repository = await startConfigRepository(folder);
  cleanup.add(() => repository.close());
  const gateway = await startGateway({ target: choice.target, trustedIps: ["127.0.0.1/32"] });
  cleanup.add(() => gateway.stop());
  const { adminUrl, proxyUrl } = gateway;
  const port = await freePort();
  const agent = await startAgent({
    folder,
    port,
    secrets,
    adminUrl,
    webhookUrl: webhooks.url,
    repository: repository.agentSettings,
  });
  cleanup.add(() => agent.stop());
  await configure(adminUrl, `http://127.0.0.1:${upstream.port}`, agent.url, { secrets, staff, repository });
  cleanup.add(closeConnections);
  return {
    seed,
    accounts,
    staff,
    ledger: createLedger(Number(new URL(proxyUrl).port), upstream),
    gateway,
    agent,
    secrets,
    webhooks,
    repository,
  };
}
