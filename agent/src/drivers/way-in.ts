/** What an operator has set to let the agent in, by what it is called in the configuration. */
export interface WayIn {
  url: string;
  token: string;
  hasToken: boolean;
}

const CERTIFICATE =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER_CERT(?:_LOCALLY)?|VERIFY_LEAF_SIGNATURE))$/;

/** What to do about a connection that did not come about; undefined where nothing more is known. */
export function remedyOfFailure(code: unknown, { url }: WayIn): string | undefined {
  if (typeof code !== "string") return undefined;
  if (CERTIFICATE.test(code))
    return `The certificate there is of a CA that is not known: name its file (PEM) in NODE_EXTRA_CA_CERTS and restart the agent.`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return `Write in ${url} the name that is in the certificate.`;
  if (code === "CERT_HAS_EXPIRED") return "The certificate there has expired: renew it.";
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/.test(code))
    return `There is no TLS on that port: write http:// in ${url}, or its TLS port (8444 by default).`;
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code))
    return `The Admin API wants a certificate of its clients, and the agent has none: give it in ${url} a listener without.`;
  return undefined;
}

/** What to do about an answer that does not let the agent in; undefined for others. */
export function remedyOfAnswer(status: number, text: string, { url, token, hasToken }: WayIn): string | undefined {
  if (status === 401)
    return hasToken ? `${token} is wrong or has expired: give the agent another one.` : `Set ${token}.`;
  if (status === 403 && hasToken)
    return `${token} is known there and may not do this: docs/operations.md lists what its role has to allow, in the workspace of ${url}.`;
  if (status === 403) return `Set ${token}, or let the agent's address in.`;
  if (status === 400 && text.includes("HTTPS port")) return `That port speaks TLS: write https:// in ${url}.`;
  return undefined;
}
