import { describe, expect, it } from "vitest";
import { testPolicy, useResponse } from "../../../../test/support/response.ts";
import { configurationOf } from "../../drivers/canonical.ts";
import type { ChangeRow } from "../../store/history.ts";
import { noteConfiguration } from "../../store/history.ts";
import { diffConfigurations } from "../history/diff.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { whyCommitRefuses } from "./opt-out.ts";
import type { Commit, Repository } from "./repository.ts";

const at = useResponse();
const GOOD = `_format_version: "3.0"\nservices:\n  - name: shop\n    host: shop.internal\n`;
const BAD = GOOD.replace("shop.internal", "wrong.internal");
const before = configurationOf({ services: [{ id: "s", name: "shop", host: "shop.internal" }] });
const after = configurationOf({ services: [{ id: "s", name: "shop", host: "wrong.internal" }] });
const diffs = diffConfigurations(before, after);

function repositoryOf(given: Partial<Commit>, head: () => Promise<string> = async () => "bad"): Repository {
  const author = { name: "Dev", email: "dev@example.com", login: "dev" };
  const commit: Commit = { sha: "bad", parents: ["good"], author, message: "Move the shop", at: 1, ...given };
  return {
    history: async () => [commit],
    head,
    commit: async () => commit,
    stateFiles: async (sha: string) => [{ path: "kong.yaml", text: sha === "good" ? GOOD : BAD }],
  } as unknown as Repository;
}

async function whyRefused(repository: Repository): Promise<string | null> {
  for (const one of [before, after]) await noteConfiguration(at.store.db, "test", one, 1);
  const { document } = testPolicy;
  const rollback = { ...document.rollback, protected_authors: ["release-bot"] };
  const response = { ...at.parts, policy: () => ({ ...testPolicy, document: { ...document, rollback } }) };
  const change = { applied_at: 1, before_hash: before.hash, after_hash: after.hash } as ChangeRow;
  return whyCommitRefuses({ response, repository } as unknown as RollbackParts, change, diffs);
}

describe("a change is left on the gateway, too", () => {
  it("when its commit asks for that", async () =>
    expect(await whyRefused(repositoryOf({ message: "Move the shop\n\nNOAUTOREVERT: planned" }))).toContain("asks"));
  it("when its author is protected", async () => {
    const author = { name: "Bot", email: "bot@example.com", login: "release-bot" };
    expect(await whyRefused(repositoryOf({ author }))).toContain("protected");
  });
});

describe("a change is taken back", () => {
  it("when nobody asks to leave it", async () => expect(await whyRefused(repositoryOf({}))).toBeNull());
  it("when git does not answer in time", async () => {
    const silent = () => new Promise<string>(() => undefined);
    expect(await whyRefused(repositoryOf({ message: "x\n\nNOAUTOREVERT" }, silent))).toBeNull();
  });
});
