import { addressOf } from "../crowd.ts";
import { type LoginStyle, login, people, stuffing } from "../login-crowd.ts";
import type { Scenario } from "../scenario.ts";

/** Services differ in how they say that a password is wrong: none of these answers a failed login with 401. */
const FORM = "application/x-www-form-urlencoded";
const form = (user: string) => `email=${encodeURIComponent(user)}&password=x&remember=1`;

const STYLES: Record<string, LoginStyle> = {
  "a redirect to the error": {
    target: "/login",
    contentType: FORM,
    body: form,
    right: { status: 302, answer: { location: "/account", "set-cookie": "session=1" } },
    wrong: { status: 302, answer: { location: "/login?error" } },
  },
  "a redirect back to the form": {
    target: "/login",
    contentType: FORM,
    body: form,
    right: { status: 303, answer: { location: "https://shop.example.com/", "set-cookie": "session=1" } },
    wrong: { status: 303, answer: { location: "https://shop.example.com/login", "set-cookie": "session=1" } },
  },
  "the form once more": {
    target: "/login",
    contentType: FORM,
    body: form,
    right: { status: 302, answer: { location: "/account", "set-cookie": "session=1" } },
    wrong: { status: 200, answer: { "content-length": "5120", "set-cookie": "session=1" } },
  },
  "200 and an error in JSON": {
    target: "/api/login",
    body: (user) => JSON.stringify({ user: { email: user, password: "x" } }),
    right: { status: 200, answer: { "content-length": "734" } },
    wrong: { status: 200, answer: { "content-length": "52" } },
  },
  "200 and an error of GraphQL": {
    target: "/graphql",
    body: (user) =>
      JSON.stringify({
        query:
          "mutation Login($email: String!, $password: String!) { login(email: $email, password: $password) { token } }",
        variables: { email: user, password: "x" },
      }),
    right: { status: 200, answer: { "content-length": "412" } },
    wrong: { status: 200, answer: { "content-length": "96" } },
  },
  "400 of a token endpoint": {
    target: "/oauth/token",
    contentType: FORM,
    body: (user) => `grant_type=password&client_id=app&username=${encodeURIComponent(user)}&password=x`,
    right: { status: 200, answer: { "content-length": "900" } },
    wrong: { status: 400, answer: { "content-length": "80" } },
  },
  "423 of locked accounts": {
    target: "/api/v1/auth",
    body: (user) => JSON.stringify({ login: user, pass: "x" }),
    right: { status: 200 },
    wrong: { status: 423 },
  },
};

const answered = (name: string, style: LoginStyle): Scenario => ({
  name: `stuffing answered with ${name}`,
  category: "credential_stuffing",
  seconds: 1200,
  begins: 600,
  routes: [login],
  actors: (random) => [
    people(random, 30, 0.03, 4000, style),
    stuffing(
      random,
      { rate: 600 / 60, begins: 600, addressOf: (i) => addressOf(145, i % 600), clientOf: (i) => i },
      style,
    ),
  ],
  targets: { detected: 180, passed: 10, harmed: 0 },
});

const calm = (name: string, style: LoginStyle): Scenario => ({
  name: `good logins, failures answered with ${name}`,
  seconds: 900,
  begins: 0,
  routes: [login],
  actors: (random) => [people(random, 30, 0.05, 4000, style)],
  targets: { harmed: 0 },
});

export const attacks: Scenario[] = Object.entries(STYLES).map(([name, style]) => answered(name, style));
export const lookAlikes: Scenario[] = Object.entries(STYLES).map(([name, style]) => calm(name, style));
