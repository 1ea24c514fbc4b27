import { describe, expect, it } from "vitest";
import { checkOutboundUrl, refuseHost, refuseUrl } from "./outbound.ts";

const DENIED = {
  "a link-local address": "169.254.169.254",
  "in decimal": "2852039166",
  "in hex": "0xa9fea9fe",
  "in octal": "0251.0376.0251.0376",
  "in short": "169.254.43518",
  "mapped into IPv6": "[::ffff:169.254.169.254]",
  "mapped, in hex": "::ffff:a9fe:a9fe",
  "behind NAT64": "[64:ff9b::a9fe:a9fe]",
  "behind 6to4": "2002:a9fe:a9fe::1",
  "of IPv6": "fe80::1",
  "with a zone": "fe80::1%eth0",
  "the metadata service of one cloud in IPv6": "fd00:ec2::254",
  "of another cloud": "100.100.100.200",
  "of a third": "168.63.129.16",
  "the name of such a service": "metadata.google.internal",
  "its name, written otherwise": "Metadata.Google.Internal.",
  "no address at all": "0.0.0.0",
  "all of a network": "255.255.255.255",
  "a host with a path": "example.com/x",
  "a host with a user": "user@example.com",
  "with a port": "example.com:80",
  nothing: "",
};

const TAKEN = [
  "127.0.0.1",
  "localhost",
  "10.1.2.3",
  "192.168.0.1",
  "kong-admin.default.svc",
  "::1",
  "[fd12::1]",
  "203.0.113.7",
];

describe("what the agent sends to", () => {
  it.each(Object.entries(DENIED))("is never %s", (_what, host) => {
    expect(refuseHost(host)).toMatch(/./);
  });

  it.each(TAKEN)("may be %s", (host) => {
    expect(refuseHost(host)).toBeNull();
  });

  it("is not a name that stands for such an address, also among others, and not what cannot be asked", async () => {
    const url = new URL("http://kong.example/");
    const resolve = (addresses: string[]) => () => Promise.resolve(addresses);
    expect(await refuseUrl(url, resolve(["203.0.113.1", "169.254.169.254"]))).toMatch("169.254.169.254");
    expect(await refuseUrl(url, resolve(["::ffff:a9fe:a9fe"]))).toMatch("kong.example");
    expect(await refuseUrl(url, resolve(["203.0.113.1", "fd12::1"]))).toBeNull();
    expect(await refuseUrl(url, () => Promise.reject(new Error("ENOTFOUND")))).toBeNull();
    expect(await refuseUrl(new URL("http://169.254.169.254/"), resolve([]))).toMatch("169.254.169.254");
    expect(await refuseUrl(new URL("file:///etc/passwd"), resolve([]))).toMatch("file:");
  });

  it("is told by its setting's name when it cannot be used", () => {
    expect(() => checkOutboundUrl("http://0xa9fea9fe/", "WEBHOOK_URL")).toThrow(/^WEBHOOK_URL cannot be used: 169/);
    expect(() => checkOutboundUrl("gopher://x/", "WEBHOOK_URL")).toThrow("WEBHOOK_URL must start with http");
    expect(() => checkOutboundUrl("not a url", "WEBHOOK_URL")).toThrow("WEBHOOK_URL is not a URL");
    expect(checkOutboundUrl("http://127.0.0.1:8001/x", "KONG_ADMIN_URL").port).toBe("8001");
  });
});
