/**
 * The team's sync job: brings what a commit says onto the gateway, refuses what the template's check refuses, and tells the agent. It
 * does for the demo's one file what `deck gateway sync` does: writes what differs, removes what bears the tag and is no longer there.
 */
import { parse } from "yaml";
import { z } from "zod";
import type { ConfigRepository } from "./config-repository.ts";
import { SELECT_TAG } from "./state-file.ts";

const plugin = z.looseObject({ name: z.string(), config: z.record(z.string(), z.unknown()) });
const route = z.looseObject({ name: z.string(), plugins: z.array(plugin).default([]) });
const service = z.looseObject({ name: z.string(), routes: z.array(route).default([]) });
const state = z.looseObject({ services: z.array(service) });
type Plugin = z.infer<typeof plugin>;

export interface SyncPlaces {
  adminUrl: string;
  agentUrl: string;
  ciToken: string;
  repository: ConfigRepository;
}

/** `refused` says why nothing was written. */
export interface Synced {
  writes: number;
  refused: string | null;
}

export async function syncCommit(places: SyncPlaces, sha: string): Promise<Synced> {
  const refused = places.repository.whyHeld(sha);
  if (refused !== null) return { writes: 0, refused };
  const { services } = state.parse(parse(places.repository.stateFileAt(sha)));
  let writes = 0;
  for (const { routes, ...fields } of services) {
    writes += await put(places, `/services/${fields.name}`, fields);
    for (const { plugins, ...own } of routes) {
      writes += await put(places, `/services/${fields.name}/routes/${own.name}`, own);
      writes += await syncPlugins(places, own.name, plugins);
    }
  }
  await ask(`${places.agentUrl}/v1/changes`, "POST", { sha, actor: "sync job", note: "synced" }, places.ciToken);
  return { writes, refused: null };
}

async function ask(url: string, method: string, body?: unknown, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** 0 where the tagged entity is there already. */
async function put({ adminUrl }: SyncPlaces, path: string, fields: object): Promise<number> {
  const there = await fetch(`${adminUrl}${path}`);
  await there.arrayBuffer();
  if (there.ok) return 0;
  await ask(`${adminUrl}${path}`, "PUT", { ...fields, tags: [SELECT_TAG] });
  return 1;
}

async function syncPlugins({ adminUrl }: SyncPlaces, of: string, wanted: readonly Plugin[]): Promise<number> {
  const list = `${adminUrl}/routes/${of}/plugins`;
  const { data } = (await ask(list, "GET")) as { data: { id: string; name: string; tags: string[] | null }[] };
  const missing = wanted.filter(({ name }) => !data.some((one) => one.name === name));
  const gone = data.filter(({ name, tags }) => tags?.includes(SELECT_TAG) && !wanted.some((one) => one.name === name));
  for (const one of missing) await ask(list, "POST", { ...one, tags: [SELECT_TAG] });
  for (const { id } of gone) await ask(`${adminUrl}/plugins/${id}`, "DELETE");
  return missing.length + gone.length;
}
