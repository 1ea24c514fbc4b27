import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const tree = mkdtempSync(join(tmpdir(), "threat-response-rock-"));

afterAll(() => rmSync(tree, { recursive: true, force: true }));

function listLua(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".lua") && statSync(join(folder, name)).isFile())
    .map((name) => relative(".", name))
    .sort();
}

it("installs every module of the plugin with luarocks make, offline", () => {
  const rockspec = readdirSync(root).find((name) => name.endsWith(".rockspec"));
  const proxy = { http_proxy: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" };
  execFileSync("luarocks", ["--lua-version", "5.1", "make", "--tree", tree, "--deps-mode", "none", rockspec ?? ""], {
    cwd: root,
    env: { ...process.env, ...proxy },
    stdio: "pipe",
  });
  const plugin = join("kong", "plugins", "threat-response");
  const installed = listLua(join(tree, "share", "lua", "5.1", plugin));
  expect(installed).toContain("handler.lua");
  expect(installed).toEqual(listLua(join(root, "lua-dist", plugin)));
});
