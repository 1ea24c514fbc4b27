import { join } from "node:path";
import { type EchoServer, startEchoServer } from "../../support/echo-server.ts";
import { eventually } from "../../support/eventually.ts";
import { type Answer, type Call, call } from "../../support/http.ts";
import { type GatewayOptions, type RunningGateway, startGateway } from "../gateway/gateway.ts";

/** What the test plugin kept of one request in its log phase. */
export interface Seen {
  phases?: string;
  source: string;
  status: number;
  path?: string;
  route?: string;
  consumer?: string;
  credential?: string;
  label?: string;
  access_label?: string;
  mark?: string;
}

const SETTLED_STATUS = 418;
const PARALLEL = 16;
const TELL_WORKER = `return function() kong.response.exit(${SETTLED_STATUS}, { pid = ngx.worker.pid() }) end`;
let sequence = 0;

/** A gateway with the test plugin in front of an echoing upstream. */
export class Fixture {
  readonly gateway: RunningGateway;
  readonly upstream: EchoServer;

  constructor(gateway: RunningGateway, upstream: EchoServer) {
    this.gateway = gateway;
    this.upstream = upstream;
  }

  admin(method: string, path: string, body?: Call["body"]): Promise<Answer> {
    return call(`${this.gateway.adminUrl}${path}`, { method, ...(body === undefined ? {} : { body }) });
  }

  /** As `admin`, and throws unless the answer is a success. */
  async write(method: string, path: string, body?: object): Promise<Answer["json"]> {
    const answer = await this.admin(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  proxy(path: string, request: Call = {}): Promise<Answer> {
    return call(`${this.gateway.proxyUrl}${path}`, request);
  }

  /** A service to the upstream with one route on `/name`; returns their ids. */
  async addRoute(name: string, extra: object = {}): Promise<{ service: string; route: string }> {
    const service = await this.write("POST", "/services", { name, url: this.upstream.url });
    const route = await this.write("POST", `/services/${name}/routes`, { name, paths: [`/${name}`], ...extra });
    return { service: service.id, route: route.id };
  }

  /** Waits until every worker has all that was written before: each answers for a route and plugin written last. */
  async settle(): Promise<void> {
    // Of one length: a path would match the routes whose paths it begins with.
    const name = `settled-${process.pid}-${String(++sequence).padStart(6, "0")}`;
    const route = await this.write("POST", "/routes", { name, paths: [`/${name}`] });
    await this.write("POST", `/routes/${route.id}/plugins`, {
      name: "pre-function",
      config: { access: [TELL_WORKER] },
    });
    await this.untilEveryWorkerTells(`/${name}`);
  }

  /** A route that names the worker that answers, for documents. */
  static settledRoute(name: string): object {
    return { name, paths: [`/${name}`], plugins: [{ name: "pre-function", config: { access: [TELL_WORKER] } }] };
  }

  /** Parallel requests, so that no worker takes all; a worker that once answered has this configuration for good. */
  async untilEveryWorkerTells(path: string): Promise<void> {
    const seen = new Set<number>();
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: PARALLEL }, () => this.proxy(path)));
      for (const { status, json } of answers) if (status === SETTLED_STATUS) seen.add(json.pid);
      const pids = await this.gateway.workerPids();
      const missing = pids.filter((pid) => !seen.has(pid));
      if (missing.length > 0) throw new Error(`workers ${missing.join(", ")} do not have ${path} yet`);
    }, 30_000);
  }

  /** Waits until parallel requests, which all workers share, answer with this status alone. */
  async untilStatus(path: string, status: number): Promise<void> {
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 2 * PARALLEL }, () => this.proxy(path)));
      const other = answers.find((answer) => answer.status !== status);
      if (other) throw new Error(`${path}: ${other.status}, not ${status}`);
    }, 30_000);
  }

  /** Sends a request and returns the answer with what the test plugin's log phase saw of it. */
  async observe(
    path: string,
    request: Call = {},
  ): Promise<{ answer: Answer; seen: Seen | undefined; after: string | undefined }> {
    const id = `${process.pid}-${++sequence}`;
    const answer = await this.proxy(path, { ...request, headers: { ...request.headers, "x-probe-id": id } });
    const { log, after } = await this.readProbe(id);
    return { answer, seen: log ?? undefined, after };
  }

  /** The log phase runs after the client has its answer: waits for the record. */
  async readProbe(id: string): Promise<{ log?: Seen; after: string | undefined }> {
    const read = async () => (await this.proxy("/", { headers: { "x-probe-read": id } })).json;
    return eventually(async () => {
      const found = await read();
      if (!found?.log) throw new Error(`request ${id} was not logged`);
      return found;
    });
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.upstream.stop();
  }
}

export async function startFixture(options: GatewayOptions = {}): Promise<Fixture> {
  const upstream = await startEchoServer();
  const gateway = await startGateway({
    plugins: ["conformance-probe"],
    luaPaths: [join(import.meta.dirname, "lua")],
    ...options,
  });
  return new Fixture(gateway, upstream);
}
