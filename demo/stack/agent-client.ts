/** What the demo asks the agent, through the same API that operators use. */
import type { Action } from "../../agent/src/store/actions.ts";
import type { Incident } from "../../agent/src/store/incidents.ts";

export type IncidentView = Incident;
export type ActionView = Action;

export interface AgentClient {
  incidents(): Promise<IncidentView[]>;
  actions(): Promise<ActionView[]>;
  isReady(): Promise<boolean>;
}

export function createAgentClient(url: string, token: string): AgentClient {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`the agent answered ${response.status} to GET ${path}`);
    return (await response.json()) as T;
  };
  /** All pages. */
  const list = async <T>(path: string): Promise<T[]> => {
    const rows: T[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: T[]; next: string | null } = await get(`${path}?limit=200${after}`);
      rows.push(...page.items);
      cursor = page.next;
    }
    return rows;
  };
  return {
    incidents: () => list<IncidentView>("/v1/incidents"),
    actions: () => list<ActionView>("/v1/actions"),
    isReady: () =>
      fetch(`${url}/readyz`).then(
        (response) => response.ok,
        () => false,
      ),
  };
}
