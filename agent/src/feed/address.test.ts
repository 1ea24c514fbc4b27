import { expect, test } from "vitest";
import { canonicalAddress, canonicalTarget, covers } from "./address.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["010.1.1.1", null],
  ["1.2.3", null],
  ["0x7f.1", null],
  ["2130706433", null],
  ["fe80::1%eth0", null],
  ["", null],
  ["1.2.3.4 ", null],
])("the address %j is %j", (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});

test.each([
  ["203.0.113.7/24", "203.0.113.0/24"],
  ["203.0.113.7/32", "203.0.113.7"],
  ["203.0.113.7/23", null],
  ["203.0.113.7/33", null],
  ["2001:db8:1:2::3/48", "2001:db8:1::/48"],
  ["2001:db8:1:2::3/47", null],
  ["2001:db8::1/128", "2001:db8::1"],
  ["::ffff:203.0.113.7/120", null],
  ["203.0.113.0/24/24", null],
  ["203.0.113.0/", null],
])("the target %j is %j", (text, expected) => {
  expect(canonicalTarget(text)).toBe(expected);
});

test.each([
  ["203.0.113.0/24", "203.0.113.7", true],
  ["203.0.113.7", "203.0.113.7", true],
  ["203.0.113.7", "203.0.113.0/24", false],
  ["203.0.113.0/25", "203.0.113.200", false],
  ["2001:db8::/48", "2001:db8:0:1::1", true],
  ["2001:db8::/48", "203.0.113.7", false],
])("%j covers %j: %j", (outer, inner, expected) => {
  expect(covers(outer, inner)).toBe(expected);
});
