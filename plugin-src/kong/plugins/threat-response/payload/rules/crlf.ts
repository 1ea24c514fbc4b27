import { AT_COOKIE, AT_HEADER, AT_NAME, AT_PATH, AT_QUERY, anyOf, list, type Rule } from "../rule.ts";

/** Line breaks that start a header or a response of the attacker's. */

export const crlf: Rule[] = [
  {
    class: "crlf",
    score: 85,
    reason: "line break that starts a header",
    at: AT_PATH | AT_QUERY | AT_COOKIE | AT_HEADER | AT_NAME,
    literals: list(
      " set-cookie,  cache-control,  via:,  reply-to:,  bcc:,  cc:,  to:,  subject:,  from:,  server:,  expires:,  authorization:,  forwarded:,  user-agent:,  connection:,  origin:,  location,  content-type,  content-length,  http/1,  x-,  transfer-encoding,  refresh,  status:,  access-control, \u0000set-cookie,  host:,  header,  link:,  crlf,  test:,  <html,  <script,  cookie:,  referer",
    ),
    expression: anyOf([
      "[\\r\\n](?:\\s*)(?:set-cookie|location|content-(?:type|length|encoding|disposition|security-policy)|transfer-encoding|refresh|status|access-control-\\w+|link|x-[\\w-]{2,30}|host|cookie|cache-control|via|reply-to|b?cc|to|subject|from|server|etag|expires|pragma|vary|authorization|forwarded|user-agent|connection|upgrade|origin|referer|header[\\w-]*|[\\w-]{1,20}crlf[\\w-]*)\\s*[:=]",
      "[\\r\\n]\\s*http/[12](?:\\.\\d)?\\s+\\d{3}",
      "\\r\\n\\r\\n\\s*<",
      "[\\r\\n]\\s*(?:get|post|head|put|delete)\\s+\\S+\\s+http/",
    ]),
  },
];
