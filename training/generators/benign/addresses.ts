import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, getQuery, postJson } from "../benign-generator.ts";
import { plainPairs, plainPath, word } from "../frame.ts";
import { characters } from "../grammar.ts";

function address(random: Random): string {
  const host = random.pick([
    `${word(random)}.example.com`,
    `www.${word(random)}.co.uk`,
    `cdn.${word(random)}.net`,
    "localhost:3000",
    "127.0.0.1:8080",
    `${word(random)}.s3.amazonaws.com`,
    "app.example.com",
    `xn--${word(random)}-kva.example`,
  ]);
  const path = random.pick([
    "/",
    `/${word(random)}`,
    `/${word(random)}/${word(random)}.${random.pick(["jpg", "html", "php", "js", "pdf"])}`,
    `/~${word(random)}/`,
    `/${word(random)}/(S(${characters(random, "w", 12, 12)}))/`,
    `/${word(random)};jsessionid=${characters(random, "h", 16, 16)}`,
  ]);
  const query = random.chance(0.6) ? `?${plainPairs(random, 4).join("&")}` : "";
  const scheme = random.pick(["https:", "https:", "https:", "http:", ""]);
  return `${scheme}//${host}${path}${query}${random.chance(0.2) ? `#/${word(random)}?tab=${word(random)}` : ""}`;
}

const NAMES = [
  "url",
  "redirect",
  "redirect_uri",
  "next",
  "return",
  "returnUrl",
  "continue",
  "dest",
  "u",
  "link",
  "ref",
  "referrer",
  "src",
  "image",
  "callback",
  "origin",
  "dl",
  "dr",
  "goto",
  "target",
  "service",
];

function redirect(random: Random): Draft {
  const target = random.chance(0.2)
    ? `https://sso.example.com/?next=${encodeURIComponent(address(random))}`
    : address(random);
  const encode = random.pick([
    encodeURIComponent,
    encodeURIComponent,
    (text: string) => text.replaceAll("&", "%26").replaceAll("#", "%23").replaceAll(" ", "%20"),
  ]);
  return getQuery(
    random,
    plainPath(random),
    [`${random.pick(NAMES)}=${encode(target)}`, ...plainPairs(random, 3)].join("&"),
  );
}

function imageProxy(random: Random): Draft {
  const encoded = encodeURIComponent(address(random));
  if (random.chance(0.4))
    return getQuery(
      random,
      `/cdn-cgi/image/width=${random.between(40, 900)},quality=75/${address(random).replace(/[?#].*/, "")}`,
      "",
    );
  return getQuery(
    random,
    random.pick(["/_next/image", "/imageproxy", "/thumb"]),
    `url=${encoded}&w=${random.between(16, 3840)}&q=75`,
  );
}

function tracker(random: Random): Draft {
  const page = encodeURIComponent(address(random));
  const pairs = [
    "v=1",
    `tid=G-${characters(random, "A", 8, 10)}`,
    `cid=${random.between(1e8, 2e9)}.${random.between(1e8, 2e9)}`,
    `dl=${page}`,
    `dr=${encodeURIComponent(address(random))}`,
    `dt=${encodeURIComponent(`${word(random)}'s ${word(random)} | ${word(random)} & ${word(random)} - "${word(random)}"`)}`,
    `sr=${random.between(800, 3840)}x${random.between(600, 2160)}`,
    `ev=${encodeURIComponent(JSON.stringify({ name: word(random), value: random.between(1, 99) }))}`,
    `ua=${encodeURIComponent('"Chromium";v="120", "Not_A Brand";v="8"')}`,
    `cd[contents]=${encodeURIComponent(JSON.stringify([{ id: String(random.between(1, 999)), quantity: 1 }]))}`,
    `_p=${random.between(1e6, 9e8)}`,
    `gtm=2oe${characters(random, "w", 6, 6)}`,
    `cb=jQuery${random.between(1e9, 2e9)}_${random.between(1e9, 2e9)}`,
  ].filter(() => random.chance(0.75));
  return getQuery(
    random,
    random.pick([
      "/collect",
      "/g/collect",
      "/tr/",
      "/pixel.gif",
      "/b/ss/acme/1/JS-2.22.0/s123",
      "/i",
      "/jsonp",
      "/ads/ga-audiences",
    ]),
    pairs.join(random.pick(["&", "&", ";"])),
  );
}

function resource(random: Random): Draft {
  const path = random.pick([
    `/static/js/main.${characters(random, "h", 8, 8)}.chunk.js`,
    `/assets/${word(random)}-${characters(random, "w", 8, 8)}.css`,
    `/img/${word(random)}%20${word(random)}@2x.png`,
    `/npm/${word(random)}@${random.between(1, 9)}.${random.between(0, 20)}.0/dist/${word(random)}.min.js`,
    `/combine/npm/a@1,npm/b@2.1.0/dist/b.min.js`,
    `/${word(random)}/(en)/${word(random)},${word(random)};v=${random.between(1, 9)}`,
    `/p/${encodeURIComponent(`${word(random)}'s-${word(random)}`)}/dp/${characters(random, "A", 10, 10)}`,
    `/wiki/${encodeURIComponent("Größe_(Maß)")}`,
    `/maps/@${random.between(1, 89)}.${random.between(1000, 9999)},${random.between(1, 179)}.${random.between(1000, 9999)},15z/data=!3m1!4b1!4m6!3m5!1s0x${characters(random, "h", 8, 8)}:0x${characters(random, "h", 8, 8)}!8m2!3d52.5!4d13.4`,
    `/${word(random)}/..${word(random)}/${word(random)}...html`,
    `/.well-known/${random.pick(["openid-configuration", "acme-challenge/abc", "security.txt", "assetlinks.json"])}`,
    `/api/v1/${word(random)}s/${characters(random, "b", 24, 40).replaceAll("/", "_")}`,
    `/${word(random)}s:batchGet`,
    `/repos/${word(random)}/${word(random)}/compare/v1.0...main`,
    `/git/${word(random)}.git/info/refs`,
    `/_search/scroll`,
  ]);
  return getQuery(random, path, plainPairs(random, 5).join("&"));
}

function webhook(random: Random): Draft {
  return postJson(random, `/hooks/${characters(random, "h", 16, 16)}`, {
    url: address(random),
    callback_url: address(random),
    events: ["push", `${word(random)}.created`],
    avatar: address(random),
    redirectUris: [address(random), "http://localhost:8080/callback"],
  });
}

const write = [redirect, redirect, imageProxy, tracker, tracker, tracker, resource, resource, webhook];

/** Addresses in parameters, trackers, proxies of images, and paths of resources. */
export const addresses: BenignGenerator = {
  name: "addresses",
  weight: 10,
  generate: (random) => random.pick(write)(random),
};
