import type { Account } from "./accounts.ts";
import type { Random } from "./random.ts";

/** Somebody who uses the shop: a browser or a program, with an account. */
export interface Client {
  ip: string;
  account: Account;
  kind: "browser" | "program";
  userAgent: string;
  session: string;
}

/** Many people share these addresses; attackers sit behind them too. */
export const SHARED_ADDRESSES = ["198.51.100.7", "198.51.100.8", "2001:db8:77::1"];

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
];
const PROGRAMS = [
  "okhttp/4.12.0",
  "python-requests/2.32.3",
  "ShopApp/5.2 (iOS 18.1)",
  "axios/1.7.9",
  "Go-http-client/2.0",
];

/** Good clients have 192.0.2.0/25 and half of 2001:db8::/32 for themselves; a third of them sits behind shared addresses. */
export function makeClients(random: Random, accounts: readonly Account[]): Client[] {
  return accounts.map((account, index) => {
    const browser = random.chance(0.7);
    const own = random.chance(0.2) ? `2001:db8:1::${(index + 1).toString(16)}` : `192.0.2.${index + 1}`;
    return {
      ip: random.chance(0.33) ? random.pick(SHARED_ADDRESSES) : own,
      account,
      kind: browser ? "browser" : "program",
      userAgent: random.pick(browser ? BROWSERS : PROGRAMS),
      session: random.hex(24),
    };
  });
}

export function headersOf(client: Client): Record<string, string> {
  const headers: Record<string, string> = {
    "user-agent": client.userAgent,
    cookie: `session=${client.session}; theme=dark`,
  };
  if (client.kind === "program") return { ...headers, accept: "application/json" };
  return {
    ...headers,
    accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "en-GB,en;q=0.7,de;q=0.3",
    referer: "https://shop.example.com/catalogue?sort=price&page=2",
  };
}
