import * as ffi from "ffi";
import { decoded, decodeValue } from "./payload/decode.ts";
import { isSecretName, maskElements, maskNamed } from "./redaction/names.ts";
import { maskNumbers } from "./redaction/numbers.ts";
import { maskCredentials, maskTokens } from "./redaction/tokens.ts";

export { isSecretName };

/**
 * The one redactor of the plugin: nothing a client sent leaves the gateway without it. Text is decoded first, so that no encoding
 * hides a secret; then secrets and personal data are masked, and what is not printable ASCII is written as \xNN. Works on any bytes.
 */

/** A secret that is cut in half may no longer look like one: more is read than is kept. */
const READ_AHEAD = 400;

function decode(text: string): string {
  const length = decodeValue(ffi.cast("const uint8_t *", text), 0, text.length, "none");
  return ffi.string(decoded, length);
}

function mask(text: string): string {
  return maskNumbers(maskTokens(maskCredentials(maskNamed(maskElements(text)))));
}

function escapeByte(byte: string): string {
  return string.format("\\x%02x", string.byte(byte));
}

/** Printable ASCII, at most `max` bytes, no escape cut in half. */
function print(text: string, max: number): string {
  const [escaped] = string.gsub(text, "[^ -~]", escapeByte);
  if (escaped.length <= max) return escaped;
  const [whole] = string.gsub(string.sub(escaped, 1, max), "\\x?%x?$", "");
  return whole;
}

/** At most `max` bytes of printable ASCII without secrets or personal data. */
export function redactText(text: string, max: number): string {
  const read = string.sub(text, 1, max + READ_AHEAD);
  return print(mask(decode(read)), max);
}

const MAX_PATH = 256;

/** A path without its query. */
export function redactPath(path: string): string {
  const [bare] = string.match(path, "^[^?#]*");
  return redactText(bare, MAX_PATH);
}
