import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

async function runScore(input: string | Buffer): Promise<{ output: string; errors: string; status: number | null }> {
  const child = spawn("npm", ["run", "--silent", "score"], { stdio: "pipe" });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const output = text(child.stdout);
  const errors = text(child.stderr);
  child.stdin.end(input);
  return { status: await ended, output: await output, errors: await errors };
}

const line = (id: unknown, query: string, more: object = {}) =>
  JSON.stringify({
    id,
    label: "benign",
    category: "x",
    method: "GET",
    path: "/",
    query,
    headers: {},
    body: "",
    ...more,
  });

it("prints one verdict for each request, in order, with the documented members in their order", async () => {
  const { output, status } = await runScore(`${line("a", "q=1")}\n${line(7, "q=1%27%20or%20%27a%27%3D%27a")}\n`);
  expect(status).toBe(0);
  expect(output.split("\n")).toEqual([
    '{"id":"a","score":0,"verdict":"allow","category":null,"class":null,"reasons":[]}',
    expect.stringMatching(
      /^\{"id":7,"score":\d+,"verdict":"block","category":"payload_injection","class":"sqli","reasons":\["[^"]+ in query:q"\]\}$/,
    ),
    "",
  ]);
});

it("names malformed lines with their numbers, scores the rest, and exits with 1", async () => {
  const lines = [
    line(1, ""),
    "{not json",
    line(2, "q=<script>"),
    "[]",
    '"text"',
    '{"id":3}',
    line(4, "", { headers: 5 }),
    "",
    line(5, ""),
  ];
  const { output, errors, status } = await runScore(lines.join("\n"));
  expect(status).toBe(1);
  expect(output.match(/"id":\d/g)).toEqual(['"id":1', '"id":2', '"id":5']);
  for (const number of [2, 4, 5, 6, 7]) expect(errors).toMatch(new RegExp(`^line ${number}: `, "m"));
  expect(errors.match(/^line /gm)).toHaveLength(5);
});

it("takes code points of latin1 requests for bytes, and raw bytes in lines", async () => {
  const overlong = JSON.stringify({
    id: 1,
    enc: "latin1",
    path: "/a/\xc0\xae\xc0\xae/\xc0\xae\xc0\xae/etc/passwd",
    headers: {},
  });
  const raw = Buffer.concat([
    Buffer.from('{"id":2,"path":"/","headers":{},"query":"q='),
    Buffer.from([0xff, 0xfe, 0x80]),
    Buffer.from('"}\n'),
  ]);
  const { output, errors } = await runScore(Buffer.concat([Buffer.from(`${overlong}\n`), raw]));
  expect(errors).toBe("");
  expect(output.match(/"verdict":"(\w+)"/g)).toEqual(['"verdict":"block"', '"verdict":"allow"']);
});

it("does nothing with nothing", async () => {
  expect(await runScore("")).toEqual({ output: "", errors: "", status: 0 });
});

it("keeps up with a hundred thousand requests", async () => {
  const one = `${line("x", "q=it%27s+fine&page=2")}\n`;
  const { output, status } = await runScore(one.repeat(100_000));
  expect(status).toBe(0);
  expect(output.split("\n")).toHaveLength(100_001);
});
