import * as ffi from "ffi";
import { readBasicUser } from "../../features/basic-user.ts";
import { createCleanValues, isKnownClean, keepClean } from "../clean-values.ts";
import { type PayloadFinding, stronger } from "../evaluate.ts";
import { isSpent } from "../inspection.ts";
import { AT_HEADER } from "../rule.ts";
import { judgeLeaf } from "./leaf.ts";

/**
 * What services look up by before they know whether a credential is good: the user of `Basic`, and the head of a signed token, which names its
 * key. A password and what a token claims are nobody's business.
 */
const LONGEST_HEAD = 1024;
const DOT = 46;
const { byte, gsub, sub } = string;

/** Issuers write the same head for all. */
const cleanHeads = createCleanValues(200, LONGEST_HEAD);

const judgeText = (text: string, field: string): PayloadFinding | undefined =>
  judgeLeaf(ffi.cast("const uint8_t *", text), 0, text.length, "none", AT_HEADER, field);

const decodeUrl = (encoded: string): string | undefined => {
  const [plus] = gsub(encoded, "-", "+");
  const [text] = gsub(plus, "_", "/");
  return ngx.decode_base64(`${text}${sub("===", 1, (4 - (text.length % 4)) % 4)}`);
};

const judgeTokenHead = (value: string, field: string): PayloadFinding | undefined => {
  let end = 8;
  while (end <= value.length && end < LONGEST_HEAD && byte(value, end) !== DOT) end += 1;
  if (byte(value, end) !== DOT) return undefined;
  const head = sub(value, 8, end - 1);
  if (isKnownClean(cleanHeads, head)) return undefined;
  const text = decodeUrl(head);
  const found = text === undefined ? undefined : judgeText(text, field);
  if (found === undefined && !isSpent()) keepClean(cleanHeads, head);
  return found;
};

/** `value` of an Authorization header. What `Basic` wraps is read only as what it means: its base64 is no text. */
export const judgeCredential = (value: string, field: string): PayloadFinding | undefined => {
  const user = readBasicUser(value);
  if (user !== undefined && user !== "") return judgeText(user, field);
  const first = byte(value, 1);
  // `Bearer eyJ…`: a token begins with the brace of its head.
  const isToken = (first === 66 || first === 98) && byte(value, 8) === 101 && byte(value, 9) === 121;
  return stronger(isToken ? judgeTokenHead(value, field) : undefined, judgeText(value, field));
};
