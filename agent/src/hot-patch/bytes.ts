import ipaddr from "ipaddr.js";

/** One character for each byte of the UTF-8 form, as Lua sees a string. */
export const bytesOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** Of ASCII letters only, as Lua's does. */
export const lower = (bytes: string): string => bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** In network order, one character for each byte; an IPv4 address that is mapped into IPv6 is IPv4. Empty when it is none. */
export function addressBytes(address: string): string {
  if (!ipaddr.isValid(address)) return "";
  return String.fromCharCode(...ipaddr.process(address).toByteArray());
}

export interface Network {
  bytes: string;
  bits: number;
}

export function networkOf(range: string): Network {
  const [address = "", bits] = range.split("/");
  const bytes = addressBytes(address);
  if (bits === undefined) return { bytes, bits: bytes.length * 8 };
  const isMapped = bytes.length === 4 && address.includes(":");
  return { bytes, bits: Math.max(0, Number(bits) - (isMapped ? 96 : 0)) };
}

/** A Lua string literal of these bytes: nothing in it can end the literal. */
export function quoteLua(bytes: string): string {
  const escaped = bytes.replace(
    /[^ !#-[\]-~]/g,
    (character) => `\\${String(character.charCodeAt(0) & 0xff).padStart(3, "0")}`,
  );
  return `"${escaped}"`;
}
