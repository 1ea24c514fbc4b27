import { Webhook } from "standardwebhooks";
import { refuseUrl } from "../drivers/outbound.ts";
import { forJson } from "../redaction/index.ts";
import type { Channel, Delivery } from "./channel.ts";

export interface WebhookOptions {
  /** From configuration; messages go nowhere else, whatever it answers. */
  url: string;
  /** `whsec_<base64>`, or any other text, of which the bytes are the key. */
  secret: string;
  timeout_ms?: number;
}

/** Signed as Standard Webhooks 1.0 describes. 410 ends it until the agent is restarted; anything else but 2xx is tried again. */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const { url, secret, timeout_ms = 10_000 } = options;
  const signer = secret.startsWith("whsec_")
    ? new Webhook(secret)
    : new Webhook(Buffer.from(secret), { format: "raw" });
  let gone = false;
  return {
    name: "webhook",
    async deliver(id, message) {
      if (gone) return { done: false, error: "the receiver said 410 Gone", final: true };
      const refused = await refuseUrl(new URL(url));
      if (refused !== null) return { done: false, error: `nothing is sent there: ${refused}`, final: false };
      const body = forJson(message);
      const sent_at = new Date();
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(sent_at.getTime() / 1000)),
        "webhook-signature": signer.sign(id, sent_at, body),
      };
      try {
        const init: RequestInit = {
          method: "POST",
          headers,
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(timeout_ms),
        };
        const response = await fetch(url, init);
        await response.body?.cancel();
        gone = response.status === 410;
        return outcomeOf(response);
      } catch (cause) {
        return { done: false, error: reasonOf(cause), final: false };
      }
    },
  };
}

function outcomeOf(response: Response): Delivery {
  if (response.ok) return { done: true };
  const error = `the receiver answered ${response.status}`;
  if (response.status === 410) return { done: false, error, final: true };
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  if (!(seconds > 0)) return { done: false, error, final: false };
  return { done: false, error, final: false, retryAfter_ms: Math.min(seconds, 3_600) * 1000 };
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
