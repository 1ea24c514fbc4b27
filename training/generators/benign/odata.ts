import type { Random } from "../../../demo/random.ts";
import type { BenignGenerator } from "../benign-generator.ts";
import { getQuery } from "../benign-generator.ts";
import { word } from "../frame.ts";
import { characters } from "../grammar.ts";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const field = (random: Random) => capital(word(random)) + (random.chance(0.2) ? `/${capital(word(random))}` : "");

function literal(random: Random): string {
  return random.pick([
    `'${word(random)}'`,
    `'O''${capital(word(random))}'`,
    `'${capital(word(random))} & ${capital(word(random))}'`,
    String(random.between(0, 9999)),
    `${random.between(1, 99)}.${random.between(10, 99)}`,
    "true",
    "null",
    `20${random.between(10, 26)}-0${random.between(1, 9)}-${random.between(10, 28)}T00:00:00Z`,
    `datetime'20${random.between(10, 26)}-01-01T00:00:00'`,
    `guid'${characters(random, "h", 8, 8)}-0000-0000-0000-000000000000'`,
  ]);
}

function condition(random: Random): string {
  const name = field(random);
  return random.pick([
    `${name} ${random.pick(["eq", "ne", "gt", "ge", "lt", "le"])} ${literal(random)}`,
    `contains(${name},'${word(random)}')`,
    `startswith(${name},'${word(random).slice(0, 2)}') eq true`,
    `substringof('${word(random)}',${name})`,
    `not endswith(${name},'${word(random)}')`,
    `tolower(${name}) eq '${word(random)}'`,
    `length(${name}) gt ${random.between(1, 20)}`,
    `year(${name}) eq 20${random.between(10, 26)}`,
    `${name}s/any(d:d/${capital(word(random))} eq ${literal(random)})`,
    `${name} in ('${word(random)}','${word(random)}')`,
    `(${name} eq ${literal(random)} or ${name} eq null)`,
    `indexof(${name},'${word(random)}') ge 0`,
    `cast(${name},'Edm.String') eq '${random.between(1, 9)}'`,
    `concat(concat(${name},', '),${field(random)}) eq 'a, b'`,
  ]);
}

function filter(random: Random): string {
  const parts = Array.from({ length: random.between(1, 4) }, () => condition(random));
  return parts.join(random.pick([" and ", " or "]));
}

function options(random: Random): [string, string][] {
  const all: [string, string][] = [["$filter", filter(random)]];
  if (random.chance(0.5)) all.push(["$select", `Id,${field(random)},${field(random)}`]);
  if (random.chance(0.4)) all.push(["$orderby", `${field(random)} ${random.pick(["asc", "desc"])},Id`]);
  if (random.chance(0.4)) all.push(["$expand", `${field(random)}($select=Id,Name;$filter=${condition(random)})`]);
  if (random.chance(0.4)) all.push(["$top", String(random.between(1, 200))]);
  if (random.chance(0.2)) all.push(["$skip", String(random.between(1, 200))]);
  if (random.chance(0.2)) all.push(["$count", "true"]);
  if (random.chance(0.15)) all.push(["$search", `"${word(random)}" AND NOT ${word(random)}`]);
  if (random.chance(0.15)) all.push(["$apply", `groupby((${field(random)}),aggregate(Amount with sum as Total))`]);
  return all;
}

/** Filters of OData, whose quotes and operators are data. */
export const odata: BenignGenerator = {
  name: "odata",
  weight: 4,
  generate: (random) => {
    const set = `${capital(word(random))}s`;
    const path = random.pick([
      `/odata/${set}`,
      `/api/odata/v4/${set}`,
      `/sap/opu/odata/sap/Z_SRV/${set}`,
      `/_api/web/lists/getbytitle('${set}')/items`,
      `/odata/${set}(${random.between(1, 99)})`,
      `/api/data/v9.2/${set.toLowerCase()}`,
    ]);
    const encode = random.pick([
      encodeURIComponent,
      encodeURI,
      (text: string) => encodeURIComponent(text).replaceAll("%20", "+"),
    ]);
    const clean = (text: string) => encode(text).replaceAll("&", "%26").replaceAll("#", "%23");
    const query = options(random).map(
      ([name, value]) => `${random.chance(0.8) ? name : encodeURIComponent(name)}=${clean(value)}`,
    );
    return getQuery(random, path, query.join("&"));
  },
};
