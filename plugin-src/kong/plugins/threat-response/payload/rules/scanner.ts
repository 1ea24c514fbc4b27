import { AT_AGENT, anyOf, list, type Rule } from "../rule.ts";

/** Programs that look for holes and say so in their user agent. */

export const scanner: Rule[] = [
  {
    score: 75,
    reason: "user agent of a vulnerability scanner",
    at: AT_AGENT,
    literals: list(
      "sqlmap, nikto, nessus, nmap, acunetix, netsparker, w3af, wpscan, dirbuster, gobuster, feroxbuster, wfuzz, fuzz faster, ffuf, nuclei, masscan, zgrab, openvas, arachni, havij, jaeles, whatweb, skipfish, commix, xsser, dirsearch, joomscan, droopescan, zmeu, morfeus, paros, webinspect, appscan, fimap, sqlninja, grendel-scan, jbrofuzz, bsqlbf, webshag, n-stealth, nsauditor, absinthe, pangolin, dalfox, projectdiscovery, kiterunner, hydra, brutus, cgichk, whcc/, wascan, bfac, betabot, bewica, core-project, detectify, get-minimal, gootkit, hexometer, sysscan, sitelockspider, teh forest, struts-pwn, toata, user-agent:, voideye, webbandit, webtrends security, zaproxy, owasp, vuln, security scan, pentest, dotdotpwn, domino hunter, dav.pm/v, mysqloit, prog.customcrawler, qualys, s.t.a.l.k.e.r, sql power injector, springenwerk, uil2pn, bilbo, blackwidow, internet ninja, metis, autogetcontent, amiga-aweb, blind sql, cgi scan, http scan, rapid7",
    ),
    expression: anyOf([
      "(?:^|[^a-z])(?:sqlmap|nikto|nessus|nmap|acunetix|netsparker|w3af|wpscan|dirbuster|gobuster|feroxbuster|wfuzz|fuzz faster|ffuf|nuclei|masscan|zgrab|openvas|arachni|havij|jaeles|whatweb|skipfish|commix|xsser|dirsearch|joomscan|droopescan|zmeu|morfeus|paros|webinspect|appscan|fimap|sqlninja|grendel-scan|jbrofuzz|bsqlbf|webshag|n-stealth|nsauditor|absinthe|pangolin|dalfox|projectdiscovery|kiterunner|hydra|brutus|cgichk|wascan|bfac|betabot|bewica|core-project|detectify|gootkit|hexometer|sysscan|sitelockspider|struts-pwn|toata|voideye|webbandit|zaproxy|owasp|security[ -]scan|pentest|dotdotpwn|domino hunter|mysqloit|qualys|sql power injector|springenwerk|rapid7)(?:[^a-z]|$)",
      "^\\s*user-agent:",
      "vulnerability scan",
      "webtrends security",
      "dav\\.pm/v",
      "internet ninja",
    ]),
  },
];
