/** User agents of people and of programs. */
import type { Random } from "../../demo/random.ts";

const DESKTOPS = [
  "Windows NT 10.0; Win64; x64",
  "Macintosh; Intel Mac OS X 10_15_7",
  "X11; Linux x86_64",
  "Windows NT 6.1; WOW64",
  "X11; Ubuntu; Linux x86_64; rv:109.0",
  "X11; CrOS x86_64 14541.0.0",
];
const PHONES = [
  "SM-G991B",
  "Pixel 7",
  "M2101K6G",
  "CPH2387",
  "moto g(30)",
  "SM-A515F Build/RP1A.200720.012; wv",
  "LM-Q720",
];
const IOS = [
  "iPhone; CPU iPhone OS 17_2 like Mac OS X",
  "iPad; CPU OS 16_6 like Mac OS X",
  "iPhone; CPU iPhone OS 15_8_1 like Mac OS X",
];
const OLD = [
  "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727; .NET4.0C)",
  "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
  "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
  "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+",
  "Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/5.0 TV Safari/538.1",
  "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15",
];
const TOOLS = [
  "curl/8.4.0",
  "python-requests/2.31.0",
  "python-httpx/0.27.0",
  "okhttp/4.12.0",
  "Go-http-client/2.0",
  "axios/1.6.7",
  "PostmanRuntime/7.36.1",
  "Apache-HttpClient/4.5.14 (Java/17.0.9)",
  "Java/11.0.21",
  "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
  "Dalvik/2.1.0 (Linux; U; Android 12; SM-A125F Build/SP1A.210812.016)",
  "Acme/5.2.1 (iPhone; iOS 17.1.2; Scale/3.00)",
  "Acme%20Store/1042 CFNetwork/1410.0.3 Darwin/22.6.0",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
  "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
  "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
  "GitHub-Hookshot/044aadd",
  "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
  "kube-probe/1.28",
  "ELB-HealthChecker/2.0",
  "Prometheus/2.48.1",
  "Blackbox Exporter/0.24.0",
  "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
  "Wget/1.21.3",
  "Dart/3.2 (dart:io)",
  "grpc-node-js/1.9.13",
  "Symfony HttpClient (Curl)",
  "GuzzleHttp/7",
  "Faraday v2.7.4",
  "rest-client/2.1.0 (linux x86_64) ruby/3.1.2p20",
];

export function browserAgent(random: Random): string {
  const version = random.between(70, 131);
  const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
  const at = random.next();
  if (at < 0.45) return `Mozilla/5.0 (${random.pick(DESKTOPS)}) ${webkit} Chrome/${version}.0.0.0 Safari/537.36`;
  if (at < 0.55) return `Mozilla/5.0 (${random.pick(DESKTOPS)}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
  if (at < 0.63)
    return `Mozilla/5.0 (${random.pick(DESKTOPS)}) ${webkit} Chrome/${version}.0.0.0 Safari/537.36 Edg/${version}.0.2210.91`;
  if (at < 0.8) {
    const android = random.between(8, 14);
    return `Mozilla/5.0 (Linux; Android ${android}; ${random.pick(PHONES)}) ${webkit} Chrome/${version}.0.6099.144 Mobile Safari/537.36`;
  }
  if (at < 0.94) {
    return `Mozilla/5.0 (${random.pick(IOS)}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1`;
  }
  return random.pick(OLD);
}

export function toolAgent(random: Random): string {
  return random.pick(TOOLS);
}
