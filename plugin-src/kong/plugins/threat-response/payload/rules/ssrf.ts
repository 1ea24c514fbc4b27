import { ANYWHERE, AT_COOKIE, AT_VALUE, anyOf, list, type Rule } from "../rule.ts";

/** Addresses that make the server fetch from inside. */

export const ssrf: Rule[] = [
  {
    class: "ssrf",
    score: 85,
    reason: "address of a cloud's metadata service",
    at: ANYWHERE,
    literals: list(
      "169.254., metadata.google, metadata/, 100.100.100.200, fd00:ec2, 2852039166, 0xa9fe, instance-data, ::ffff:a9fe, kubernetes.default",
    ),
    expression: anyOf([
      "(?:https?:)?//(?:[^/\\s@]{0,60}@)?(?:169\\.254\\.\\d+\\.\\d+|metadata\\.google|100\\.100\\.100\\.200|\\[?fd00:ec2|2852039166|0xa9fe|instance-data|\\[::ffff:(?:a9fe|169)|kubernetes\\.default|metadata\\.\\w+\\.internal)",
      "/latest/(?:meta-data|user-data|dynamic)",
      "/computeMetadata/v1",
    ]),
  },
  {
    class: "ssrf",
    score: 80,
    reason: "address of an unusual scheme",
    at: AT_VALUE | AT_COOKIE,
    literals: list("gopher:, dict:, netdoc:, jar:, tftp:, ldap:, ldaps:, file:, sftp:, rmi:, imap:, smtp:"),
    expression:
      "^\\s*['\\\"]?(?:url:)?(?:gopher|dict|netdoc|tftp|rmi|imap|smtp|sftp|ldaps?)://?\\S|^\\s*jar:(?:https?|file):|^\\s*(?:url:)?file:/",
  },
  {
    class: "ssrf",
    score: 55,
    reason: "address inside the network",
    at: AT_VALUE | AT_COOKIE,
    literals: list(
      "//localhost, //127., //0.0.0.0, //[::, //0x, //017, //10., //192.168., //2130706433, //0/, //0:, .nip.io, .xip.io, localtest.me, //1., //[0, //172., lvh.me, //3232, @localhost, @127., @10., @192.168., :/0, :/127., :/localhost, //00",
    ),
    expression:
      "^\\s*(?:https?|ftp|wss?):/{1,3}(?:[^/\\s]{0,60}@)?(?:localhost\\b|127\\.\\d|0\\.0\\.0\\.0|\\[?::(?:1|ffff:|\\])|\\[0:|0x[0-9a-f]{1,8}\\b|0*177\\.|017\\d|2130706433|3232\\d{6}|0(?:[:/]|$)|10\\.\\d+\\.\\d+\\.\\d+|192\\.168\\.\\d|172\\.(?:1[6-9]|2\\d|3[01])\\.\\d|127\\.1\\b|[\\w.-]*\\.(?:nip|xip|sslip)\\.io|[\\w.-]*(?:localtest|lvh)\\.me)",
  },
  {
    class: "ssrf",
    score: 75,
    reason: "address of a callback service",
    at: ANYWHERE,
    literals: list(
      "burpcollaborator, oastify.com, interact.sh, .oast., interactsh, dnslog.cn, ceye.io, requestbin., canarytokens, webhook.site, pipedream.net, rbndr.us, 1u.ms, r3dir.me, ngrok",
    ),
    expression:
      "[\\w-]+\\.(?:burpcollaborator\\.net|oastify\\.com|interact\\.sh|oast\\.(?:pro|live|site|online|fun|me)|dnslog\\.cn|ceye\\.io|requestbin\\.net|canarytokens\\.(?:com|org)|m\\.pipedream\\.net|rbndr\\.us|1u\\.ms|r3dir\\.me)",
  },
];
