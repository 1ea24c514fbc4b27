import { AT_BODY, AT_COOKIE, AT_HEADER, AT_NAME, AT_PATH, AT_QUERY, anyOf, list, type Rule } from "../rule.ts";

/** Line breaks that start a header or a response of the attacker's. */

/** What follows a line break, or stands behind it. */
const STARTS = list(
  " set-cookie,  cache-control,  via:,  reply-to:,  bcc:,  cc:,  to:,  subject:,  from:,  server:,  expires:,  authorization:,  forwarded:,  user-agent:,  connection:,  origin:,  location,  content-,  etag:,  vary:,  set ,  stats,  http/1,  x-,  transfer-encoding,  refresh,  status:,  access-control,  foo:,  bar:,  evil:,  inject,  content-security,  strict-transport,  rcpt to,  mail from,  slaveof,  flushall,  config set,  quit,  - - [,  info ,  get /,  post /,  <h1,  data , \u0000set-cookie,  host:,  header,  link:,  crlf,  test:,  <html,  <script,  cookie:,  referer",
);

export const crlf: Rule[] = [
  {
    class: "crlf",
    score: 85,
    reason: "line break that starts a header",
    at: AT_PATH | AT_QUERY | AT_COOKIE | AT_HEADER | AT_NAME,
    literals: STARTS,
    expression: anyOf([
      "[\\r\\n](?:\\s*)(?:set-cookie|location|content-(?:type|length|encoding|disposition|security-policy)|transfer-encoding|refresh|status|access-control-[\\w-]+|link|x-[\\w-]{2,30}|host|cookie|cache-control|via|reply-to|b?cc|to|subject|from|server|etag|expires|pragma|vary|authorization|forwarded|user-agent|connection|upgrade|origin|referer|header[\\w-]*|(?:foo|bar|test|evil|inject\\w*)|[\\w-]{1,20}crlf[\\w-]*)\\s*[:=]",
      "[\\r\\n]\\s*http/[12](?:\\.\\d)?\\s+\\d{3}",
      "\\r?\\n\\r?\\n\\s*<(?:html|script|h1|img|svg|body|iframe|!)",
      "\\r\\n\\r\\n?\\s*<",
      // A first line without a blank, then a header whatever it is called.
      "^[^\\s]{0,80}\\r\\n[a-z][\\w-]{1,40}:\\s?\\S[^\\r\\n]*\\s*$",
      "[\\r\\n]\\s*(?:strict-transport-security|content-security-policy|feature-policy|permissions-policy)\\s*:",
      "[\\r\\n]\\s*(?:rcpt to\\s*:|mail from\\s*:|slaveof\\s|flushall\\b|config set\\s|set \\S+ \\d+ \\d+ \\d+\\s*[\\r\\n]|data\\s*[\\r\\n]|quit\\s*(?:[\\r\\n]|$))",
      "^[^\\s]{0,80}[\\r\\n]+\\d{1,3}(?:\\.\\d{1,3}){3} - - \\[",
      "[\\r\\n]\\s*(?:get|post|head|put|delete)\\s+\\S+\\s+http/",
    ]),
  },
  {
    class: "crlf",
    score: 80,
    reason: "line break that starts a header behind a plain value",
    at: AT_BODY,
    literals: STARTS,
    // A text that is made of headers begins with one, or with a line of words.
    expression: `^(?!-)[^\\s:,{<]{0,80}(?:${anyOf([
      "[\\r\\n]+[ \\t]*(?:set-cookie2?|content-(?:type|length|security-policy|disposition)|transfer-encoding|access-control-[\\w-]+|x-[\\w-]{2,30})\\s?:",
      "[\\r\\n]+[ \\t]*(?:(?:location|refresh|link|host)\\s?:[^\\r\\n]{0,20}(?://|<|\\w\\.\\w)|status\\s?:\\s?\\d{3}|(?:b?cc|to|from|reply-to|mail from|rcpt to)\\s?:[^\\r\\n]{0,60}@)",
      "\\r\\n(?:[a-z]+-[a-z][\\w-]{1,40}|foo|bar|test|evil|inject\\w*|header|crlf):\\s?\\S[^\\r\\n]*\\s*$",
      "\\r\\n(?:(?:etag|vary)\\s?:|slaveof |flushall\\b|config set |set \\S+ (?:\\d+ \\d+ \\d+|\\S{1,40})\\r|\\.\\r\\nmail from|stats\\r\\n)",
      "[\\r\\n]{2,4}\\s*<(?:html|script|h1|img|svg|body|iframe|!)",
      "[\\r\\n]+http/[12](?:\\.\\d)?\\s+\\d{3}",
      "[\\r\\n]+\\d{1,3}(?:\\.\\d{1,3}){3} - - \\[",
    ])})`,
  },
];
