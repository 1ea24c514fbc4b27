import Fastify from "fastify";
import { expect, test } from "vitest";
import { answerErrors } from "./error-handler.ts";

async function answerTo(error: object) {
  const app = Fastify();
  answerErrors(app);
  app.get("/", () => Promise.reject(Object.assign(new Error("here"), error)));
  const { statusCode, headers, json } = await app.inject("/");
  return { status: statusCode, retry: headers["retry-after"], code: json().error.code };
}

test.each([
  ["refuses connections", { code: "ECONNREFUSED" }],
  ["has a name that is not known", { code: "ENOTFOUND" }],
  ["shuts down", { code: "57P01" }],
  ["starts up", { code: "57P03" }],
  ["has no connection left", { code: "53300" }],
  ["ended the connection", { message: "Connection terminated unexpectedly" }],
  ["has no connection in time", { message: "timeout exceeded when trying to connect" }],
])("a database that %s is said to be down, so that nodes and people try again", async (_name, error) => {
  expect(await answerTo(error)).toEqual({ status: 503, retry: "5", code: "STORE_DOWN" });
});

test.each([
  ["a statement that the database refuses", { code: "42P01" }],
  ["a fault of the agent's own", { message: "x is not a function" }],
])("%s is an error that retrying does not help", async (_name, error) => {
  expect(await answerTo(error)).toEqual({ status: 500, retry: undefined, code: "INTERNAL" });
});
