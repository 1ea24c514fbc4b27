import { type BenignGenerator, valueGenerator } from "../benign-generator.ts";
import type { Place } from "../places.ts";

const WRITTEN: readonly Place[] = [
  "json",
  "json",
  "json",
  "nested-json",
  "form",
  "form",
  "multipart",
  "query-value",
  "json-in-json",
  "xml",
  "graphql",
  "text",
  "upload",
];
const TYPED: readonly Place[] = [
  "query-value",
  "query-value",
  "query-value",
  "json",
  "form",
  "graphql",
  "referer",
  "json-in-json",
];
const FIELDS: readonly Place[] = [
  "json",
  "json",
  "nested-json",
  "form",
  "form",
  "query-value",
  "query-value",
  "multipart",
  "cookie",
  "header",
  "xml",
  "xml-attribute",
  "filename",
  "json-in-json",
  "graphql",
  "referer",
  "json-name",
];

/** Letters, comments and reviews in many languages, with quotes and the words of SQL. */
export const prose: BenignGenerator = valueGenerator("prose", 14, WRITTEN);
/** What people and tools search for. */
export const search: BenignGenerator = valueGenerator("search", 7, TYPED);
/** Snippets, Markdown and documents of developers: nobody puts them in a query. */
export const code: BenignGenerator = valueGenerator(
  "code",
  9,
  WRITTEN.filter((place) => place !== "query-value"),
);
/** Filters, formulas and sort orders. */
export const reports: BenignGenerator = valueGenerator("reports", 7, TYPED);
/** Names, numbers, paths, times and other fields that look odd. */
export const values: BenignGenerator = valueGenerator("values", 10, FIELDS);
/** Templates of mails, pages and automations. */
export const templates: BenignGenerator = valueGenerator("templates", 5, [
  "json",
  "json",
  "nested-json",
  "form",
  "multipart",
  "json-in-json",
  "upload",
]);
/** Log lines and stack traces that are sent on. */
export const logs: BenignGenerator = valueGenerator("logs", 5, [
  "json",
  "json",
  "nested-json",
  "text",
  "text",
  "upload",
  "json-in-json",
  "form",
  "query-value",
]);

/** Documents in XML and HTML, components and serialised data, written into fields by editors, tools and imports. Whole scripts are left to attacks. */
export const markup: BenignGenerator = valueGenerator("markup", 3, [
  ...Array<Place>(5).fill("json"),
  "nested-json",
  "form",
  "form",
  "multipart",
  "json-in-json",
  "text",
  "upload",
  "xml",
  "graphql",
]);
