import type { Subject } from "../../../contract/ingest.ts";
import type { Db } from "../store/db.ts";
import { countOpenIncidents, type Incident } from "../store/incidents.ts";
import { fingerprintOf, GATEWAY_SUBJECT, routeSubject } from "./fingerprint.ts";
import { type Evidence, openIncident } from "./merge.ts";

export const MAX_SOURCES_PER_ROUTE = 25;
export const MAX_OPEN_INCIDENTS = 2_000;

export interface Target {
  incident: Incident;
  /** It is not in the store yet. */
  opened: boolean;
  /** It joined an incident of a wider subject because of a cap. */
  collapsed: boolean;
}

/** The incidents that the records of one transaction join, locked until it ends. */
export class Targets {
  readonly #db: Db;
  readonly #gateway: string;
  /** Null: the store has none. */
  readonly #known = new Map<string, Incident | null>();
  readonly #sources = new Map<string, number>();
  #open: number | null = null;

  constructor(transaction: Db, gateway: string) {
    this.#db = transaction;
    this.#gateway = gateway;
  }

  /** Reads at once what the records of `evidence` may join. */
  async read(evidence: readonly Evidence[]): Promise<void> {
    const prints = evidence.flatMap(({ gateway, record }) =>
      [record.subject, routeSubject(record), GATEWAY_SUBJECT].map((subject) =>
        fingerprintOf(gateway, record.category, subject),
      ),
    );
    if (prints.length === 0) return;
    for (const print of prints) this.#known.set(print, null);
    const query = this.#db
      .selectFrom("incidents")
      .selectAll()
      .where("fingerprint", "in", [...this.#known.keys()]);
    const found = await query.where("status", "<>", "resolved").orderBy("id").forUpdate().execute();
    for (const incident of found) this.keep(incident);
  }

  async of(evidence: Evidence, now: number): Promise<Target> {
    const { subject } = evidence.record;
    const own = this.#find(evidence, subject);
    if (own) return { incident: own, opened: false, collapsed: false };
    const wider = await this.#widened(evidence);
    const collapsed = wider !== subject;
    const joined = collapsed ? this.#find(evidence, wider) : null;
    if (joined) return { incident: joined, opened: false, collapsed };
    return { incident: await this.#start(evidence, wider, now), opened: true, collapsed };
  }

  /** The state to merge the next record into. */
  keep(incident: Incident): void {
    this.#known.set(incident.fingerprint, incident);
  }

  #find({ gateway, record }: Evidence, subject: Subject): Incident | null {
    return this.#known.get(fingerprintOf(gateway, record.category, subject)) ?? null;
  }

  async #start(evidence: Evidence, subject: Subject, now: number): Promise<Incident> {
    const { gateway, record } = evidence;
    const incident = openIncident(evidence, subject, fingerprintOf(gateway, record.category, subject), now);
    this.#open = (await this.#countOpen()) + 1;
    if (subject.kind === "ip") {
      const group = groupOf(evidence);
      this.#sources.set(group, (await this.#countSources(evidence)) + 1);
    }
    this.keep(incident);
    return incident;
  }

  /** Too many addresses on one route are one distributed incident of the route; too many incidents at all, one of the gateway. */
  async #widened(evidence: Evidence): Promise<Subject> {
    const { subject } = evidence.record;
    if ((await this.#countOpen()) >= MAX_OPEN_INCIDENTS) return GATEWAY_SUBJECT;
    if (subject.kind !== "ip" || (await this.#countSources(evidence)) < MAX_SOURCES_PER_ROUTE) return subject;
    return routeSubject(evidence.record);
  }

  async #countOpen(): Promise<number> {
    this.#open ??= await countOpenIncidents(this.#db, this.#gateway);
    return this.#open;
  }

  async #countSources(evidence: Evidence): Promise<number> {
    const group = groupOf(evidence);
    const known = this.#sources.get(group);
    if (known !== undefined) return known;
    const query = this.#db
      .selectFrom("incidents")
      .select("scope")
      .where("gateway", "=", this.#gateway)
      .where("category", "=", evidence.record.category as Incident["category"])
      .where("subject_kind", "=", "ip")
      .where("status", "<>", "resolved");
    const route = evidence.record.scope.route_id ?? "";
    const count = (await query.execute()).filter((row) => (row.scope.route_id ?? "") === route).length;
    this.#sources.set(group, count);
    return count;
  }
}

function groupOf({ record }: Evidence): string {
  return `${record.category} ${record.scope.route_id ?? ""}`;
}
