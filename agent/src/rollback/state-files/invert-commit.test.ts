import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument, type ToStringOptions } from "yaml";
import { invertCommit } from "./invert-commit.ts";
import { StateFileError } from "./parse.ts";

const BASE = `# Everything that the gateway serves.
_format_version: "3.0"
_info:
  select_tags: [gitops]
_konnect:
  control_plane_name: payments

services:
  # Takes money.
  - name: pay
    host: pay.internal
    port: 8080 # the new port
    retries: 3
    routes:
      - name: pay-route
        paths: [/pay]
        methods: [GET, POST]
        strip_path: true
        plugins:
          - name: key-auth
            config:
              key_names: [apikey]
          # Slow and steady.
          - name: rate-limiting
            config:
              minute: 60
              limit_by: consumer
              policy: local
      - name: refund-route
        paths:
          - /refund
          - /refunds
    plugins:
      - name: correlation-id
  # Says what it hears.
  - name: echo
    url: http://echo.internal:1027/anything
    routes:
      - name: echo-route
        paths: [/echo]
        methods: [GET]

plugins:
  - name: prometheus
    config: { per_consumer: true }
  - name: pre-function
    config:
      access:
        - |
          return function()
            kong.log("here: we are") -- a "quoted" word

            return
          end

consumers:
  - username: alice
    acls:
      - group: staff
  - username: y
upstreams:
  - name: pool
    targets:
      - target: 10.0.0.1:80
        weight: 100
      - target: 10.0.0.2:80
        weight: 100
`;

type TextEdit = (text: string) => string;
const swap =
  (from: string, to: string): TextEdit =>
  (text) => {
    if (!text.includes(from)) throw new Error(`the test's text does not hold ${from}`);
    return text.replace(from, () => to);
  };

const TERMINATION = `        plugins:
          - name: request-termination
            config:
              status_code: 503
`;
const ECHO_METHODS = "        paths: [/echo]\n        methods: [GET]\n";

/** What a bad commit does; each is taken back. */
const CULPRITS: Record<string, TextEdit> = {
  "puts a termination on a route that had no plugins": swap(ECHO_METHODS, ECHO_METHODS + TERMINATION),
  "adds a plugin behind others of a route": swap(
    "              policy: local\n",
    "              policy: local\n          # For the migration.\n          - name: request-size-limiting\n            config:\n              allowed_payload_size: 1\n",
  ),
  "adds a global plugin": swap(
    "plugins:\n  - name: prometheus",
    "plugins:\n  - name: ip-restriction\n    config:\n      deny: [0.0.0.0/0]\n  - name: prometheus",
  ),
  "changes a service's host": swap("host: pay.internal", "host: pay.wrong"),
  "changes a port with a comment": swap("port: 8080 #", "port: 8443 #"),
  "changes a limit deep in a plugin": swap("minute: 60", "minute: 1"),
  "takes a plugin away": swap(
    "          - name: key-auth\n            config:\n              key_names: [apikey]\n",
    "",
  ),
  "takes a plugin with its comment away": swap(
    "          # Slow and steady.\n          - name: rate-limiting\n            config:\n              minute: 60\n              limit_by: consumer\n              policy: local\n",
    "",
  ),
  "takes a whole route away": swap(
    "      - name: refund-route\n        paths:\n          - /refund\n          - /refunds\n",
    "",
  ),
  "takes a target away": swap("      - target: 10.0.0.2:80\n        weight: 100\n", ""),
  "drops a method": swap("methods: [GET, POST]", "methods: [GET]"),
  "adds a field": swap("    retries: 3\n", "    retries: 3\n    read_timeout: 1\n"),
  "removes a field": swap("        strip_path: true\n", ""),
  "breaks a function": swap('            kong.log("here: we are")', "            kong.exit()"),
};

/** What others commit after it, none of which the culprit touches. */
const LATER: Record<string, TextEdit> = {
  "nothing comes after it": (text) => text,
  "another plugin comes to stand right beside": swap(
    "    plugins:\n      - name: correlation-id\n",
    "    plugins:\n      - name: correlation-id\n      - name: cors\n        config:\n          origins: ['*']\n",
  ),
  "a service is added at the end": swap(
    "\nplugins:\n",
    "  - name: later\n    url: http://later.internal\n    routes:\n      - name: later-route\n        paths: [/later]\n\nplugins:\n",
  ),
  "a sibling route is added": swap(
    "      - name: pay-route\n",
    "      - name: status-route\n        paths: [/status]\n      - name: pay-route\n",
  ),
  "comments and neighbours change": (text) =>
    swap(
      "# Takes money.",
      "# Takes money, gives money.",
    )(
      swap(
        "limit_by: consumer",
        "limit_by: ip",
      )(lenient("        strip_path: true\n", "        strip_path: true\n        preserve_host: true\n")(text)),
    ),
  "the lines are moved far down": swap(
    "services:\n",
    `${Array.from({ length: 40 }, (_, i) => `# Line ${i}.\n`).join("")}services:\n`,
  ),
  "the neighbouring service goes": swap("  - username: y\n", "  - username: 'y'\n  - username: zoe\n"),
};

/** The later commit writes its own comment right beside the lines that the culprit touched. */
const NOTE = "# Somebody looked here.";
function beside(where: "above" | "behind"): TextEdit {
  return (text) => {
    const lines = text.split("\n");
    const base = BASE.split("\n");
    let first = 0;
    while (lines[first] === base[first]) first++;
    let last = 0;
    while (last < lines.length - first && lines.at(-1 - last) === base.at(-1 - last)) last++;
    const at = where === "above" ? first : lines.length - last;
    const indent = /^ */.exec((where === "above" ? lines[at] : lines[at - 1]) || lines[at + 1] || "")?.[0] ?? "";
    return [...lines.slice(0, at), `${indent}${NOTE}`, ...lines.slice(at)].join("\n");
  };
}

const reformatted =
  (options: ToStringOptions): TextEdit =>
  (text) =>
    parseDocument(text).toString({ lineWidth: 0, ...options });

/** Where git sees the same lines changed twice. */
const CLOSE_BY: Record<string, TextEdit> = {
  "a comment comes right above": beside("above"),
  "a comment comes right behind": beside("behind"),
  "the file is indented anew": reformatted({ indent: 4 }),
  "its lists are indented anew": reformatted({ indentSeq: false }),
  "its lines end otherwise": (text) => text.replaceAll("\n", "\r\n"),
};

/** Where the culprit took the text away, the later commit adds its own at the place that is left. */
function lenient(from: string, to: string): TextEdit {
  return (text) =>
    text.includes(from)
      ? swap(from, to)(text)
      : swap("        methods: [GET, POST]\n", "        methods: [GET, POST]\n        preserve_host: true\n")(text);
}

const file = (text: string) => [{ path: "kong.yaml", text }];
const comments = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.includes("#") && !line.includes("migration"))
    .map((line) => line.trim())
    .sort();

/** As a program would read it; order of the fields does not count. */
function meaning(text: string): unknown {
  return parseDocument(text, { version: "1.1" }).toJS();
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "revert-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Does git itself take the commit back without a conflict? As `git revert` does it for one file. */
function gitReverts({ good, bad, head }: { good: string; bad: string; head: string }): boolean {
  for (const [name, text] of Object.entries({ good, bad, head })) writeFileSync(join(directory, name), text);
  return spawnSync("git", ["merge-file", "-p", "head", "bad", "good"], { cwd: directory }).status === 0;
}

let clean = 0;
let cleanWithGit = 0;

describe.each(Object.entries(CULPRITS))("a commit that %s", (_culprit, breakIt) => {
  it.each(Object.entries(LATER))("is taken back where %s", (_later, edit) => {
    const bad = breakIt(BASE);
    const later = (text: string) => {
      try {
        return edit(text);
      } catch {
        return text;
      }
    };
    const head = later(bad);
    const { files, conflicts } = invertCommit({ good: file(BASE), bad: file(bad), head: file(head) });
    expect(conflicts).toEqual([]);
    expect(files).toHaveLength(1);
    const text = files[0]?.text ?? "";
    const wanted = head === bad ? BASE : later(BASE);
    expect(meaning(text)).toEqual(meaning(wanted));
    expect(comments(text)).toEqual(comments(wanted));
    clean++;
    if (gitReverts({ good: BASE, bad, head })) cleanWithGit++;
  });
});

describe.each(Object.entries(CULPRITS))("a commit that %s, where git sees a conflict,", (culprit, breakIt) => {
  // Inside a function a comment is part of the value.
  const cases = Object.entries(CLOSE_BY).filter(
    ([later]) => !(culprit.includes("function") && later.includes("comment")),
  );
  it.each(cases)("is taken back where %s", (_later, edit) => {
    const bad = breakIt(BASE);
    const head = edit(bad);
    const { files, conflicts } = invertCommit({ good: file(BASE), bad: file(bad), head: file(head) });
    expect(conflicts).toEqual([]);
    const text = files[0]?.text ?? "";
    expect(meaning(text)).toEqual(meaning(BASE));
    const note = head.includes(NOTE) ? [NOTE] : [];
    expect(comments(text)).toEqual([...comments(BASE), ...note].sort());
    clean++;
    if (gitReverts({ good: BASE, bad, head })) cleanWithGit++;
  });
});

it("is clean where git's own revert has conflicts", () => {
  expect(clean - cleanWithGit).toBeGreaterThanOrEqual(60);
});

it("gives back the very text where nothing came after", () => {
  for (const breakIt of Object.values(CULPRITS)) {
    const bad = breakIt(BASE);
    const text = invertCommit({ good: file(BASE), bad: file(bad), head: file(bad) }).files[0]?.text;
    expect(text?.split("\n").sort()).toEqual(BASE.split("\n").sort());
  }
});

describe("what somebody changed again is a conflict and stays", () => {
  it.each([
    [
      "a field",
      swap("minute: 60", "minute: 1"),
      swap("minute: 1", "minute: 30"),
      { key: "services[pay]/routes[pay-route]/plugins[rate-limiting]", field: "config.minute" },
    ],
    [
      "a plugin that was added",
      CULPRITS["adds a global plugin"]!,
      swap("deny: [0.0.0.0/0]", "deny: [192.0.2.0/24]"),
      { key: "plugins[ip-restriction]" },
    ],
    [
      "a service that is gone",
      swap("host: pay.internal", "host: pay.wrong"),
      (text: string) => text.replace(/ {2}# Takes money[\s\S]*(?= {2}# Says)/, ""),
      { key: "services[pay]", field: "host" },
    ],
    [
      "the place of a plugin that was taken away",
      CULPRITS["takes a plugin away"]!,
      (text: string) => text.replace(/ {2}# Takes money[\s\S]*(?= {2}# Says)/, ""),
      { key: "services[pay]/routes[pay-route]/plugins[key-auth]" },
    ],
  ])("%s", (_name, breakIt, later, conflict) => {
    const bad = breakIt(BASE);
    const head = later(bad);
    const patch = invertCommit({ good: file(BASE), bad: file(bad), head: file(head) });
    expect(patch.conflicts).toMatchObject([conflict]);
    expect(patch.files).toEqual([]);
  });

  it("and the rest of the commit goes back all the same", () => {
    const bad = swap("minute: 60", "minute: 1")(swap("host: pay.internal", "host: pay.wrong")(BASE));
    const head = swap("minute: 1", "minute: 30")(bad);
    const patch = invertCommit({ good: file(BASE), bad: file(bad), head: file(head) });
    expect(patch.conflicts).toHaveLength(1);
    expect(patch.files[0]?.text).toContain("host: pay.internal");
    expect(patch.files[0]?.text).toContain("minute: 30");
  });
});

describe("several files", () => {
  const one = { path: "a.yaml", text: `_format_version: "3.0"\nservices:\n- name: a\n  host: a\n` };
  const two = { path: "b.yaml", text: `_format_version: "3.0"\nservices:\n- name: b\n  host: b\n` };

  it("a file that the commit added goes, and one that it removed comes back", () => {
    expect(invertCommit({ good: [one], bad: [one, two], head: [one, two] }).files).toEqual([
      { path: "b.yaml", text: null },
    ]);
    expect(invertCommit({ good: [one, two], bad: [one], head: [one] }).files).toEqual([
      { path: "b.yaml", text: two.text },
    ]);
  });

  it("an entity goes back to the file where its siblings live now", () => {
    const bad = { ...one, text: one.text.replace("host: a", "host: wrong") };
    const moved = { path: "c.yaml", text: bad.text };
    expect(invertCommit({ good: [one, two], bad: [bad, two], head: [moved, two] }).files).toEqual([
      { path: "c.yaml", text: one.text },
    ]);
  });

  it("flow style and JSON are edited, too", () => {
    const json = {
      path: "kong.json",
      text: `${JSON.stringify({ _format_version: "3.0", services: [{ name: "a", host: "a" }] }, null, 2)}\n`,
    };
    const bad = { ...json, text: json.text.replace('"host": "a"', '"host": "b"') };
    expect(invertCommit({ good: [json], bad: [bad], head: [bad] }).files).toEqual([json]);
    const flow = (plugins: string) => file(`services: [{ name: a, host: a, plugins: [${plugins}] }]\n`);
    const back = invertCommit({
      good: flow("{ name: cors }"),
      bad: flow("{ name: cors }, { name: acl }"),
      head: flow("{ name: cors }, { name: acl }"),
    });
    expect(meaning(back.files[0]?.text ?? "")).toEqual(meaning(flow("{ name: cors }")[0]!.text));
  });
});

describe("what is refused", () => {
  it.each([
    ["broken YAML", "services:\n  - name: [a\n", /line \d+/],
    ["a list at the top", "- a\n", /mapping/],
    ["two entities of one name", "services:\n  - name: a\n  - name: a\n", /twice/],
    ["depth", `a: ${"[".repeat(100)}${"]".repeat(100)}\n`, /deeply/],
    ["a bomb of aliases", `a: &a [x]\nb: [${Array.from({ length: 1_100 }, () => "*a").join(",")}]\n`, /aliases/],
  ])("%s, with the file's name and what to do", (_name, text, problem) => {
    const broken = () => invertCommit({ good: file(BASE), bad: file(BASE), head: file(text) });
    expect(broken).toThrow(StateFileError);
    expect(broken).toThrow(problem);
  });

  it("an edit below an anchor that others use, since it would change them, too", () => {
    const text = (minute: number) =>
      `plugins:\n  - name: rate-limiting\n    service: a\n    config: &limits\n      minute: ${minute}\n  - name: rate-limiting\n    service: b\n    config: *limits\n`;
    const head = `${text(1)}  - name: cors\n`;
    const both = invertCommit({ good: file(text(60)), bad: file(text(1)), head: file(head) });
    expect(meaning(both.files[0]?.text ?? "")).toEqual(meaning(`${text(60)}  - name: cors\n`));
    const onlyOne = text(1).replace("config: *limits", "config:\n      minute: 1");
    const shared = text(1);
    expect(() =>
      invertCommit({ good: file(onlyOne.replace("minute: 1", "minute: 60")), bad: file(onlyOne), head: file(shared) }),
    ).toThrow(StateFileError);
  });
});
