import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, postBody, postJson } from "../benign-generator.ts";
import { word } from "../frame.ts";
import { characters, expand, loadGrammar } from "../grammar.ts";
import { jsonRecord } from "./json-api.ts";

const logs = loadGrammar("logs");

const lines = (random: Random, most: number, line: () => string) =>
  `${Array.from({ length: random.between(2, most) }, line).join("\n")}\n`;

function newlineJson(random: Random): Draft {
  const type = random.pick([
    "application/x-ndjson",
    "text/plain;charset=UTF-8",
    "application/json",
    "text/plain",
    "application/stream+json",
  ]);
  return postBody(
    random,
    type,
    lines(random, 12, () =>
      JSON.stringify({
        t: Date.UTC(2026, 1, 1) + random.between(0, 1e9),
        e: `${word(random)}.${word(random)}`,
        ...jsonRecord(random, 1),
      }),
    ),
  );
}

function bulk(random: Random): Draft {
  const body = lines(
    random,
    8,
    () =>
      `${JSON.stringify({ index: { _index: word(random), _id: characters(random, "b", 20, 20) } })}\n${JSON.stringify({ message: expand(random, logs) })}`,
  );
  return { ...postBody(random, "application/x-ndjson", body), path: "/_bulk" };
}

function events(random: Random): Draft {
  const event = () => ({
    event: `${word(random)} ${random.pick(["clicked", "viewed", "selected", "dropped"])}`,
    properties: {
      $browser: "Chrome",
      $current_url: `https://example.com/${word(random)}?a=1&b=${word(random)}#x`,
      $el_text: `Don't ${word(random)}`,
      selector: `body > div#${word(random)} > a:nth-child(${random.between(1, 9)})`,
      ...jsonRecord(random, 1),
    },
    timestamp: "2026-02-01T10:11:12.345Z",
  });
  return postJson(random, random.pick(["/batch/", "/track", "/v1/events", "/e/", "/collect"]), {
    batch: Array.from({ length: random.between(1, 5) }, event),
    sent_at: "2026-02-01T10:11:13Z",
  });
}

function crash(random: Random): Draft {
  const frame = () => ({
    filename: `https://cdn.example.com/${word(random)}.js`,
    function: random.pick(["?", "onClick", "Object.<anonymous>", `${word(random)}/<`, "eval"]),
    lineno: random.between(1, 999),
    context_line: expand(random, code, "js"),
  });
  const head = {
    event_id: characters(random, "h", 32, 32),
    dsn: `https://${characters(random, "h", 32, 32)}@errors.example.com/${random.between(1, 99)}`,
  };
  const body = {
    exception: {
      values: [
        { type: "TypeError", value: expand(random, logs, "message"), stacktrace: { frames: [frame(), frame()] } },
      ],
    },
    breadcrumbs: [{ category: "ui.click", message: `button.btn > span[title="${word(random)}"]` }],
  };
  return postBody(
    random,
    "application/x-sentry-envelope",
    `${JSON.stringify(head)}\n{"type":"event"}\n${JSON.stringify(body)}\n`,
  );
}

const code = loadGrammar("code");

function metrics(random: Random): Draft {
  const series = () =>
    random.pick([
      `${word(random)}_total{job="${word(random)}",code="200",path="/api/${word(random)}/:id"} ${random.between(0, 9999)}`,
      `${word(random)},host=${word(random)},region=eu value=${random.between(0, 999)}i,note="it's" 1700000000000000000`,
      `${word(random)}.${word(random)}:${random.between(1, 99)}|c|@0.1|#env:prod,svc:${word(random)}`,
      `# HELP ${word(random)} Number of "${word(random)}s" <= limit`,
    ]);
  return postBody(
    random,
    random.pick(["text/plain; version=0.0.4", "text/plain", "application/octet-stream"]),
    lines(random, 20, series),
  );
}

function xmlRow(random: Random): string {
  const [tag, text] = [word(random), expand(random, logs, "message")];
  return `  <${tag} id="${random.between(1, 999)}" t='${random.between(1, 999)}'><![CDATA[${text.replaceAll("]]>", "")}]]></${tag}>`;
}

function xmlReport(random: Random): Draft {
  const head = `<?xml version="1.0" encoding="utf-8"?>\n<!-- ${word(random)} -->`;
  const spaces = `xmlns="http://example.org/${word(random)}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`;
  const body = `${head}\n<report ${spaces}>\n${lines(random, 8, () => xmlRow(random))}</report>`;
  return postBody(random, random.pick(["application/xml", "text/xml", "text/plain"]), body);
}

function cspReport(random: Random): Draft {
  const report = {
    "document-uri": `https://example.com/${word(random)}`,
    "violated-directive": "script-src-elem 'self' 'unsafe-inline'",
    "blocked-uri": random.pick(["inline", "eval", "data", `https://cdn.example.net/${word(random)}.js`]),
    "script-sample": "(function(){var a=document.cookie",
    "original-policy": "default-src 'none'; script-src 'self' 'nonce-abc'; report-uri /csp",
  };
  const draft = postJson(random, "/csp", { "csp-report": report });
  draft.headers["Content-Type"] = "application/csp-report";
  return { ...draft, method: "POST" };
}

const write = [newlineJson, newlineJson, bulk, events, events, crash, metrics, xmlReport, cspReport];

/** Events, logs, crashes and metrics as programs report them. */
export const telemetry: BenignGenerator = {
  name: "telemetry",
  weight: 7,
  generate: (random) => random.pick(write)(random),
};
