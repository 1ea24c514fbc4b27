/** What the demo asks the agent, through the same API that operators use. */

import type { viewAction, viewIncident } from "../../agent/src/routes/views.ts";
import type { RollbackView } from "../rollback/bad-commit.ts";

type IncidentJson = ReturnType<typeof viewIncident>;
type ActionJson = ReturnType<typeof viewAction>;

/** An incident as the API shows it. */
export type IncidentView = IncidentJson;
export type ActionView = ActionJson;

export interface AgentClient {
  incidents(): Promise<IncidentView[]>;
  actions(): Promise<ActionView[]>;
  rollbacks(): Promise<RollbackView[]>;
  isReady(): Promise<boolean>;
}

/** Of a time as the API shows it. */
export function epochMs(time: string): number;
export function epochMs(time: string | null): number | null;
export function epochMs(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

export function createAgentClient(url: string, token: string): AgentClient {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`the agent answered ${response.status} to GET ${path}`);
    return (await response.json()) as T;
  };
  /** All pages. */
  const list = async <T>(name: string): Promise<T[]> => {
    const rows: T[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Record<string, T[]> & { next: never } = await get(`/v1/${name}?limit=200${after}`);
      rows.push(...(page[name] ?? []));
      cursor = page.next;
    } while (cursor !== null);
    return rows;
  };
  return {
    incidents: () => list<IncidentView>("incidents"),
    actions: () => list<ActionView>("actions"),
    rollbacks: async () => (await get<{ rollbacks: RollbackView[] }>("/v1/rollbacks")).rollbacks,
    isReady: () =>
      fetch(`${url}/readyz`).then(
        (response) => response.ok,
        () => false,
      ),
  };
}
