import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, getQuery, postBody, postJson } from "../benign-generator.ts";
import { plainDraft, plainPairs, plainPath, plainValue, word } from "../frame.ts";
import { characters } from "../grammar.ts";
import { formEncode } from "../wire.ts";

const base64Url = (value: unknown) => Buffer.from(JSON.stringify(value), "utf8").toString("base64url");

function token(random: Random): string {
  const claims = {
    iss: "https://id.example.com/",
    sub: characters(random, "h", 16, 16),
    aud: [word(random), "web"],
    name: `${word(random)} O'${word(random)}`,
    scope: "openid profile email",
    exp: 1_800_000_000,
  };
  return `${base64Url({ alg: "RS256", typ: "JWT", kid: characters(random, "h", 8, 8) })}.${base64Url(claims)}.${characters(random, "b", 86, 170).replaceAll("+", "-").replaceAll("/", "_")}`;
}

const PASSWORDS = [
  "P@ss'w0rd--1",
  "it's;a&secret#",
  "a\"b'c`d",
  "<3love<3",
  "1=1 or not",
  "%41dmin%",
  "correct horse battery staple",
  "pa$(secret)",
  "{{pass}}",
  "../hunter2",
  "p|w;rm",
  "' or maybe",
  "x');--x",
  "$$cash$$",
  "\\o/\\o/",
];

function login(random: Random): Draft {
  const user = random.pick([
    `${word(random)}@example.com`,
    word(random),
    `o'${word(random)}`,
    `"${word(random)}"@example.org`,
  ]);
  const password = random.chance(0.5)
    ? random.pick(PASSWORDS)
    : `${word(random)}${random.pick(["!", "#", "$", "'", "&", ";"])}${characters(random, "w", 4, 12)}`;
  if (random.chance(0.5))
    return { ...postJson(random, "/api/login", { email: user, password, remember: true }), method: "POST" };
  return {
    ...postBody(
      random,
      "application/x-www-form-urlencoded",
      `username=${formEncode(user)}&password=${formEncode(password)}&_csrf=${characters(random, "h", 32, 32)}`,
    ),
    path: "/login",
  };
}

function oauth(random: Random): Draft {
  if (random.chance(0.5)) {
    return getQuery(
      random,
      "/oauth/authorize",
      `response_type=code&client_id=${characters(random, "w", 20, 20)}&redirect_uri=${encodeURIComponent("https://app.example.com/cb?x=1")}&scope=openid%20profile+email&state=${characters(random, "b", 20, 60).replaceAll("+", "-").replaceAll("/", "_")}%3D%3D&code_challenge=${characters(random, "w", 43, 43)}&code_challenge_method=S256&nonce=${characters(random, "h", 16, 16)}&claims=${encodeURIComponent('{"id_token":{"auth_time":null}}')}`,
    );
  }
  return {
    ...postBody(
      random,
      "application/x-www-form-urlencoded",
      `grant_type=authorization_code&code=${encodeURIComponent(`4/0A${characters(random, "b", 30, 60)}`)}&client_secret=${characters(random, "b", 20, 30).replaceAll("+", "%2B")}&assertion=${token(random)}`,
    ),
    path: "/oauth/token",
  };
}

function saml(random: Random): Draft {
  const id = `_${characters(random, "h", 32, 32)}`;
  const xml = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0"><saml:Issuer>https://idp.example.com/metadata</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>${characters(random, "b", 64, 64)}</ds:SignatureValue></ds:Signature><saml:Assertion><saml:Subject><saml:NameID>${word(random)}@example.com</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>`;
  return {
    ...postBody(
      random,
      "application/x-www-form-urlencoded",
      `SAMLResponse=${encodeURIComponent(Buffer.from(xml).toString("base64"))}&RelayState=${encodeURIComponent("https://app.example.com/?a=1")}`,
    ),
    path: "/saml/acs",
  };
}

function cookies(random: Random): Draft {
  const all = [
    `_ga=GA1.1.${random.between(1e8, 2e9)}.${random.between(1e8, 2e9)}`,
    `_fbp=fb.1.${random.between(1e9, 2e9)}.${random.between(1e8, 2e9)}`,
    `OptanonConsent=${encodeURIComponent("isGpcEnabled=0&datestamp=Mon Feb 02 2026 10:11:12 GMT+0100 (CET)&version=6.10&groups=C0001:1,C0002:0")}`,
    `prefs=${encodeURIComponent(JSON.stringify({ theme: "dark", [word(random)]: plainValue(random) }))}`,
    `cart=${JSON.stringify({ id: random.between(1, 99), qty: 1 })}`,
    `session=${token(random)}`,
    `connect.sid=s%3A${characters(random, "w", 32, 32)}.${encodeURIComponent(characters(random, "b", 43, 43))}`,
    `laravel_session=${encodeURIComponent(Buffer.from(JSON.stringify({ iv: characters(random, "b", 22, 22), value: characters(random, "b", 60, 120), mac: characters(random, "h", 64, 64) })).toString("base64"))}`,
    `__cf_bm=${characters(random, "b", 40, 40)}-1700000000-1-${characters(random, "b", 60, 60)}=`,
    `amp_${characters(random, "h", 6, 6)}=${characters(random, "w", 22, 22)}...1hb${characters(random, "w", 6, 6)}.1hb${characters(random, "w", 6, 6)}.0.1.1`,
    `mp_${characters(random, "h", 32, 32)}_mixpanel=${encodeURIComponent(JSON.stringify({ distinct_id: "$device:1", $initial_referrer: "$direct", __mps: {}, __alias: null }))}`,
    `utm=source=${word(random)}|medium=email|campaign=(direct)`,
    `user="${word(random)} ${word(random)}"`,
    `_session_id=BAh7B0kiD3Nlc3Npb25faWQGOgZFVEkiJ${characters(random, "b", 30, 60)}--${characters(random, "h", 40, 40)}`,
    `tz=Europe/Berlin`,
    `euconsent-v2=CP${characters(random, "b", 60, 200)}.${characters(random, "b", 20, 60)}`,
    `eupubconsent=${characters(random, "w", 20, 20)}`,
    `_hjSessionUser_1=${Buffer.from(JSON.stringify({ id: characters(random, "h", 8, 8), created: 1_700_000_000 })).toString("base64")}`,
    `ph_phc_${characters(random, "w", 10, 10)}_posthog=%7B%22distinct_id%22%3A%22${characters(random, "h", 16, 16)}%22%2C%22%24sesid%22%3A%5Bnull%5D%7D`,
  ].filter(() => random.chance(0.4));
  const draft = plainDraft(random);
  draft.headers.Cookie = all.join("; ");
  return { ...draft, query: plainPairs(random, 3).join("&") };
}

function bearer(random: Random): Draft {
  const draft = plainDraft(random);
  draft.headers.Authorization = `Bearer ${token(random)}`;
  draft.headers["sec-ch-ua"] = '"Not_A Brand";v="8", "Chromium";v="120", "Google Chrome";v="120"';
  draft.headers.traceparent = `00-${characters(random, "h", 32, 32)}-${characters(random, "h", 16, 16)}-01`;
  draft.headers.baggage = `sentry-environment=production,sentry-release=${word(random)}%40${random.between(1, 9)}.0.0,sentry-trace_id=${characters(random, "h", 32, 32)}`;
  draft.headers["If-None-Match"] = `W/"${characters(random, "h", 8, 16)}"`;
  draft.headers["X-Requested-With"] = "XMLHttpRequest";
  draft.headers.DPoP = token(random);
  return { ...draft, path: plainPath(random), query: plainPairs(random, 4).join("&") };
}

function register(random: Random): Draft {
  const name = random.pick([
    "O'Brien",
    "D'Arcy-Müller",
    "Null",
    "van der Select",
    "Union, Jr.",
    "Å & Söner",
    "Drop",
    "Script",
    "Robert'); --",
    "Ng'ang'a",
    "N'Golo",
    "Exec, Paul",
  ]);
  return postJson(random, "/api/users", {
    firstName: word(random),
    lastName: name,
    address: { street: `${random.between(1, 99)} Rue de l'Église; bât. B`, city: "Saint-Jean-d'Angély" },
    phone: "+33 (0)1 23-45",
    bio: `I'm ${word(random)} & I like <3 ${word(random)}; -- ${name}`,
  });
}

const write = [login, login, oauth, saml, cookies, cookies, cookies, bearer, bearer, register];

/** Logins with odd passwords, tokens, OAuth and SAML, cookies of sites and trackers. */
export const identity: BenignGenerator = {
  name: "identity",
  weight: 9,
  generate: (random) => random.pick(write)(random),
};
