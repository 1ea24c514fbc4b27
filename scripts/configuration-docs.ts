/**
 * Writes `docs/configuration.md` from the plugin's built schema and the agent's own.
 *   scripts/configuration-docs.ts [--check]   with --check only tells whether the file is up to date
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { environment, FROM_FILES } from "../agent/src/config.ts";

const ROOT = join(import.meta.dirname, "..");
const FILE = join(ROOT, "docs", "configuration.md");

interface Field {
  type: string;
  description?: string;
  default?: unknown;
  required?: boolean;
  one_of?: string[];
  between?: [number, number];
  referenceable?: boolean;
  fields?: Record<string, Field>[];
  elements?: Field;
}

const DUMP = `
local function plain(value)
  if type(value) == "function" then return nil end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, member in pairs(value) do copy[name] = plain(member) end
  return copy
end
local schema = dofile("lua-dist/kong/plugins/threat-response/schema.lua")
io.write(require("cjson").encode(plain(schema)))`;

function pluginFields(): Record<string, Field>[] {
  const schema = JSON.parse(execFileSync("luajit", ["-e", DUMP], { cwd: ROOT, encoding: "utf8" }));
  return schema.fields.find((field: object) => "config" in field).config.fields;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function limits(field: Field): string {
  const isEmpty =
    typeof field.default === "object" && field.default !== null && Object.keys(field.default).length === 0;
  const parts = [
    field.type,
    field.one_of && `one of ${field.one_of.map((word) => `\`${word}\``).join(", ")}`,
    field.between && `${field.between[0]} to ${field.between[1]}`,
    field.referenceable && "may be a `{vault://…}` reference",
    field.default !== undefined && `default ${isEmpty ? "empty" : `\`${JSON.stringify(field.default)}\``}`,
  ];
  return parts.filter(Boolean).join("; ");
}

function pluginRows(fields: Record<string, Field>[], prefix: string): string[] {
  return fields.flatMap((entry) =>
    Object.entries(entry).flatMap(([name, field]) =>
      field.type === "record"
        ? pluginRows(field.fields ?? [], `${prefix}${name}.`)
        : [
            `| \`${prefix}${name}\` | ${cell(limits(field))} | ${cell(field.description ?? "")} |`,
            ...pluginRows(field.elements?.fields ?? [], `${prefix}${name}[].`),
          ],
    ),
  );
}

function agentRows(): string[] {
  const { properties } = z.toJSONSchema(environment, { io: "input", unrepresentable: "any" });
  return Object.entries(properties ?? {}).map(([name, schema]) => {
    const { description = "", default: preset } = schema as { description?: string; default?: unknown };
    return `| \`${name}\` | ${preset === undefined ? "" : `\`${preset}\``} | ${cell(description)} |`;
  });
}

const page = `# Configuration

Generated from the plugin's schema and the agent's by \`npm run docs:configuration\`; do not edit.

## The plugin

Members of \`config\` of the Kong plugin \`threat-response\`.

| field | type, limits, default | what it does |
|---|---|---|
${pluginRows(pluginFields(), "").join("\n")}

The shared dictionary \`threat_response\` lets all workers of a node know what one of them knows; without it the plugin works per worker and
says so once. In Kong: \`KONG_NGINX_HTTP_LUA_SHARED_DICT="threat_response 64m"\`.

## The agent

Environment variables. ${FROM_FILES.map((name) => `\`${name}\``).join(", ")} may also be given as \`<NAME>_FILE\`, the path of a file that holds the value.

| variable | default | what it does |
|---|---|---|
${agentRows().join("\n")}
`;

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, page);
} else if (readFileSync(FILE, "utf8") !== page) {
  console.error("docs/configuration.md is not up to date: run `npm run docs:configuration` and commit the result.");
  process.exit(1);
}
