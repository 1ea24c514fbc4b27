import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addressBytes, quoteLua } from "../../agent/src/hot-patch/bytes.ts";
import type { PatchRequest } from "../../agent/src/hot-patch/index.ts";
import { temporaryDirectory } from "../support/processes.ts";

const ROOT = join(import.meta.dirname, "..", "..");

export interface LuaCase {
  code: string;
  request: PatchRequest;
  /** Epoch seconds by the gateway's clock. */
  now?: number;
  route?: string;
  service?: string;
  /** The plugin is not there. */
  noDictionary?: boolean;
}

export interface LuaOutcome {
  /** Null where the request passes. */
  status: number | null;
  counted: number;
  announced: number;
  mark: string | null;
  warning: string;
}

function luaHeaders(headers: PatchRequest["headers"]): string {
  const members = Object.entries(headers).map(([name, value]) => {
    const text = typeof value === "string" ? quoteLua(value) : `{ ${value.map(quoteLua).join(", ")} }`;
    return `[${quoteLua(name)}] = ${text}`;
  });
  return `{ ${members.join(", ")} }`;
}

function luaCase({ code, request, now = 1_000, route, service, noDictionary }: LuaCase): string {
  const members = [
    `code = ${quoteLua(Buffer.from(code).toString("latin1"))}`,
    `now = ${now}`,
    `method = ${quoteLua(request.method)}`,
    `path = ${quoteLua(request.path)}`,
    `query = ${quoteLua(request.query)}`,
    `headers = ${luaHeaders(request.headers)}`,
    `body = ${request.body === null ? "nil" : quoteLua(request.body)}`,
    `address = ${quoteLua(addressBytes(request.client))}`,
    ...(route === undefined ? [] : [`route = ${quoteLua(route)}`]),
    ...(service === undefined ? [] : [`service = ${quoteLua(service)}`]),
    ...(noDictionary === true ? ["no_dictionary = true"] : []),
  ];
  return `{ ${members.join(", ")} }`;
}

/** All in one LuaJIT process. */
export function runInLua(cases: readonly LuaCase[]): LuaOutcome[] {
  const folder = temporaryDirectory("hot-patch");
  try {
    const file = join(folder.path, "cases.lua");
    // A function for each case: one constant table would have too many constants.
    writeFileSync(
      file,
      `local cases = {}\n${cases.map((one) => `cases[#cases + 1] = (function() return ${luaCase(one)} end)()`).join("\n")}\nreturn cases\n`,
    );
    const output = execFileSync("luajit", [join(import.meta.dirname, "harness.lua"), ROOT, file], {
      encoding: "latin1",
      maxBuffer: 64 * 1024 * 1024,
    });
    return output.trimEnd().split("\n").map(readOutcome);
  } finally {
    folder.remove();
  }
}

function readOutcome(line: string): LuaOutcome {
  const [status = "-", counted, announced, mark = "-", warning = ""] = line.split("\t");
  return {
    status: status === "-" ? null : Number(status),
    counted: Number(counted),
    announced: Number(announced),
    mark: mark === "-" ? null : mark,
    warning,
  };
}
