/** Where a request carries its payload: the longest value among query, form and JSON. */
import type { Draft } from "./request.ts";

export interface Carrier {
  /** Decoded. */
  value: string;
  /** The request with another value in that place. */
  put(value: string): Draft;
}

const encode = (value: string) => encodeURIComponent(value).replaceAll("'", "%27");

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Bytes that are no UTF-8, each by itself.
    return spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

function pairCarriers(text: string, write: (text: string) => Draft): Carrier[] {
  const pairs = text.split("&");
  return pairs.map((pair, at) => {
    const equals = pair.indexOf("=");
    const name = equals < 0 ? "" : pair.slice(0, equals + 1);
    return {
      value: decode(pair.slice(name.length)),
      put: (value) => write(pairs.with(at, name + encode(value)).join("&")),
    };
  });
}

function jsonCarriers(document: unknown, write: (document: unknown) => Draft): Carrier[] {
  if (typeof document === "string") return [{ value: document, put: write }];
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([name, member]) =>
    jsonCarriers(member, (changed) =>
      write(Array.isArray(document) ? document.with(Number(name), changed) : { ...document, [name]: changed }),
    ),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bodyCarriers(request: Draft): Carrier[] {
  const type = Object.entries(request.headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (request.body === "" || request.enc) return [];
  if (type.includes("json")) {
    return jsonCarriers(parseJson(request.body), (document) => ({ ...request, body: JSON.stringify(document) }));
  }
  if (!type.includes("urlencoded")) return [];
  return pairCarriers(request.body, (body) => ({ ...request, body }));
}

/** Nothing when the payload cannot be told from the rest: in a path, a header, XML, multipart. */
export function findCarrier(request: Draft): Carrier | undefined {
  const inQuery = request.query === "" ? [] : pairCarriers(request.query, (query) => ({ ...request, query }));
  const all = [...inQuery, ...bodyCarriers(request)];
  const longest = all.reduce((most, { value }) => Math.max(most, value.length), 0);
  return longest === 0 ? undefined : all.find(({ value }) => value.length === longest);
}
