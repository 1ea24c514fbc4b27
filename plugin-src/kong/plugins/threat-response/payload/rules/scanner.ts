import { AT_AGENT, list, type Rule } from "../rule.ts";

/** Programs that look for holes and say so in their user agent. */

const NAMES =
  "sqlmap, nikto, nessus, nmap, acunetix, netsparker, w3af, wpscan, dirbuster, gobuster, feroxbuster, wfuzz, ffuf, nuclei, masscan, zgrab, openvas, arachni, havij, jaeles, whatweb, skipfish, commix, xsser, dirsearch, joomscan, droopescan, zmeu, morfeus, webinspect, appscan, fimap, sqlninja, grendel-scan, jbrofuzz, bsqlbf, webshag, nsauditor, absinthe, pangolin, dalfox, projectdiscovery, kiterunner, hydra, brutus, dotdotpwn, zaproxy, qualys, rapid7, detectify, whcc, paros, burpsuite, interactsh, xspider, vega, wapiti, uniscan, golismero, tplmap, crlfuzz, gau, naabu, rustscan, censysinspect, shodan";
const PHRASES =
  "fuzz faster, security scan, vulnerability scan, pentest, penetration test, sql injection, nmap scripting";

function bothLists(): string[] {
  const names = list(NAMES);
  for (const phrase of list(PHRASES)) names.push(phrase);
  return names;
}

const literals = bothLists();

export const scanner: Rule[] = [
  {
    score: 60,
    reason: "user agent of a vulnerability scanner",
    at: AT_AGENT,
    literals,
    expression: `(?<![a-z])(?:${table.concat(literals, "|")})(?:[^a-z]|$|[a-z]* ?/)`,
  },
];
