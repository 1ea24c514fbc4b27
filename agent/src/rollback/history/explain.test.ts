import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryStore } from "../../../../test/support/store.ts";
import { configurationOf } from "../../drivers/canonical.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { addChange, type ChangeRow, getChange, type Marker, noteConfiguration } from "../../store/history.ts";
import type { Store } from "../../store/open.ts";
import type { Commit, Repository } from "../git/repository.ts";
import { diffConfigurations } from "./diff.ts";
import { explainByCommit, markersOf } from "./explain.ts";

const NOW = 1_763_800_000_000;
const sha = (letter: string) => letter.repeat(40);
const fileOf = (host: string, route: string) =>
  `_format_version: "3.0"\nservices:\n- name: shop\n  host: ${host}\n- name: other\n  host: o\n  routes:\n  - name: ${route}\n    paths: [/a]\n`;
const FILES: Record<string, string> = {
  [sha("a")]: fileOf("shop", "one"),
  [sha("b")]: fileOf("wrong", "one"),
  [sha("c")]: fileOf("wrong", "two"),
};
const commit = (letter: string, parent: string): Commit => ({
  sha: sha(letter),
  parents: [sha(parent)],
  author: { name: `dev ${letter}`, email: "dev@example.com", login: null },
  message: `Commit ${letter}\n\nMore.`,
  at: NOW,
});
const COMMITS = [commit("c", "b"), commit("b", "a")];
const repository = {
  name: "state",
  head: async () => sha("c"),
  commit: async (wanted: string) => COMMITS.find((one) => one.sha === wanted) ?? null,
  history: async () => COMMITS,
  stateFiles: async (wanted: string) => [{ path: "kong.yaml", text: FILES[wanted] ?? "" }],
} as unknown as Repository;

describe("what explains a change", () => {
  let store: Store;
  beforeAll(async () => {
    store = await openMemoryStore();
  });
  afterAll(() => store.close());

  it("is the commit whose revert touches the same entities, not the newest one", async () => {
    const services = (host: string) => [{ id: "s1", name: "shop", host }];
    const before = configurationOf({ services: services("shop") });
    const after = configurationOf({ services: services("wrong") });
    for (const one of [before, after]) await noteConfiguration(store.db, "test", one, NOW);
    await addChange(store.db, change({ id: "c1", diffs: diffConfigurations(before, after) }, before.hash, after.hash));
    const parts = { db: store.db, gateway: "test", log: { warn: () => undefined } } as unknown as ResponseParts;
    await explainByCommit(parts, repository, "c1");
    expect((await getChange(store.db, "c1"))?.commit).toEqual({
      sha: sha("b"),
      author: "dev b",
      subject: "Commit b",
      at: NOW,
    });
  });

  it("is the nearest marker, or those that name its commit", () => {
    const markers = [
      marker(60, "a"),
      marker(-20, "b"),
      marker(500, "d"),
      { ...marker(5, "x"), source: "konnect" as const },
    ];
    expect(markersOf(change({}), markers).map(({ sha: named }) => named?.[0])).toEqual(["b", "x"]);
    const explained = change({ commit: { sha: sha("a"), author: "", subject: "", at: 0 } });
    expect(markersOf(explained, markers).map(({ sha: named }) => named?.[0])).toEqual(["a"]);
  });
});

const marker = (seconds: number, letter: string): Marker => ({
  id: letter,
  gateway: "test",
  at: NOW + seconds * 1_000,
  sha: sha(letter),
  actor: "ci",
  note: "",
  source: "ci",
});

function change(given: Partial<ChangeRow>, before_hash = "", after_hash = ""): ChangeRow {
  const times = { seen_at: NOW + 2_000, applied_at: NOW };
  return {
    id: "c",
    gateway: "test",
    ...times,
    before_hash,
    after_hash,
    diffs: [],
    by_agent: false,
    origin: "gateway",
    commit: null,
    ...given,
  };
}
