import type { AttackGenerator } from "../attack-generator.ts";
import { cmdi } from "./cmdi.ts";
import { crlf } from "./crlf.ts";
import { deserialization } from "./deserialization.ts";
import { graphql } from "./graphql.ts";
import { jndi } from "./jndi.ts";
import { ldap } from "./ldap.ts";
import { nosqli } from "./nosqli.ts";
import { prototype } from "./prototype.ts";
import { sqli } from "./sqli.ts";
import { ssrf } from "./ssrf.ts";
import { ssti } from "./ssti.ts";
import { traversal } from "./traversal.ts";
import { xss } from "./xss.ts";
import { xxe } from "./xxe.ts";

/** In the order of contract/categories.ts. */
export const ATTACK_GENERATORS: readonly AttackGenerator[] = [
  sqli,
  nosqli,
  xss,
  cmdi,
  traversal,
  ssrf,
  xxe,
  ssti,
  ldap,
  crlf,
  jndi,
  deserialization,
  prototype,
  graphql,
];
