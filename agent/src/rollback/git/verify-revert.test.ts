import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGitRepository, type GitRepository } from "../../../../test/support/git-repository.ts";
import { whyNotRevert } from "./verify-revert.ts";

const GOOD = `_format_version: "3.0"
services:
  - name: echo # hears
    url: http://echo:1027
    routes:
      - name: echo-route
        paths: [/echo]
plugins:
  - name: ip-restriction
    config: { deny: [203.0.113.7] }
`;
const BAD = GOOD.replace("http://echo:1027", "http://gone:1027");
const PATH = "kong.yaml";

describe("a pull request that says it takes a commit back", () => {
  let repository: GitRepository;
  let bad: string;
  beforeEach(() => {
    repository = createGitRepository();
    repository.commit("Serve the echo", { [PATH]: GOOD, "scripts/sync.sh": "true\n" });
    bad = repository.commit("Move the echo", { [PATH]: BAD });
  });
  afterEach(() => repository.remove());

  function propose(files: Parameters<GitRepository["commit"]>[1]): string {
    repository.git("checkout", "-q", "-b", "threat-response/revert", "main");
    const head = repository.commit(`Revert "Move the echo"\n\nThis reverts commit ${bad}.`, files);
    repository.git("checkout", "-q", "main");
    return head;
  }
  const why = (head: string, sha = bad) =>
    whyNotRevert({ directory: repository.work, sha, head, base: "main", patterns: ["*.yaml"] });

  it("is believed when it does exactly that", async () => {
    expect(await why(propose({ [PATH]: GOOD }))).toBeNull();
  });

  it("is believed on top of what came later, also when the branch is older than that", async () => {
    const head = propose({ [PATH]: GOOD });
    repository.commit("Deny one more", { [PATH]: BAD.replace("203.0.113.7", "203.0.113.7, 203.0.113.8") });
    expect(await why(head)).toBeNull();
  });

  it.each([
    ["another value", { [PATH]: GOOD.replace("1027", "1028") }, /is not what taking the commit back leaves/],
    ["one change more", { [PATH]: GOOD.replace("[/echo]", "[/echo, /admin]") }, /is not what taking/],
    ["a comment more", { [PATH]: GOOD.replace("# hears", "# nothing") }, /is not what taking/],
    ["a state file more", { [PATH]: GOOD, "more.yaml": "services: []\n" }, /more.yaml is not what/],
    ["a script", { [PATH]: GOOD, "scripts/sync.sh": "curl evil\n" }, /scripts\/sync.sh, which is not a state file/],
    ["a workflow", { [PATH]: GOOD, ".github/workflows/x.yaml": "on: push\n" }, /not a state file/],
    ["a link", { [PATH]: { link: "/etc/passwd" } }, /something else than an ordinary file/],
    ["nothing", {}, /changes nothing/],
    ["no YAML", { [PATH]: "services: [\n" }, /is not what taking/],
  ] as const)("is refused when it brings %s", async (_name, files, reason) => {
    expect(await why(propose(files))).toMatch(reason);
  });

  it("is refused when its value was changed again meanwhile", async () => {
    const head = propose({ [PATH]: GOOD });
    repository.commit("Move it again", { [PATH]: BAD.replace("gone", "third") });
    expect(await why(head)).toMatch(/without conflicts|changed again/);
  });

  it("is refused for a commit that is not in the branch, and for names that are no commits", async () => {
    const head = propose({ [PATH]: GOOD });
    expect(await why(head, "0".repeat(40))).toMatch(/is not in main/);
    expect(await why(head, head)).toMatch(/is not in main/);
    expect(await why(head, "main")).toMatch(/whole sha/);
    expect(await why("--output=x")).toMatch(/commits or branches/);
  });

  it("is refused when it takes protection away", async () => {
    const protective = `${BAD}  - name: key-auth\n`;
    const sha = repository.commit("Ask for a key", { [PATH]: protective });
    repository.git("checkout", "-q", "-b", "threat-response/revert-2", "main");
    const head = repository.commit("Revert", { [PATH]: BAD });
    repository.git("checkout", "-q", "main");
    expect(await why(head, sha)).toMatch(/takes protection away: key-auth/);
  });
});
