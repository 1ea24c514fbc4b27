import {
  LogLevel,
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from "@slack/web-api";
import { refuseUrl } from "../drivers/outbound.ts";
import type { Db } from "../store/db.ts";
import { keepSlackThread, slackThread } from "../store/slack-threads.ts";
import type { Channel, Delivery } from "./channel.ts";
import { slackMessage } from "./slack-message.ts";

export interface SlackOptions {
  db: Db;
  token: string;
  /** Its id or its name. */
  channel: string;
  /** Instead of Slack's own. */
  apiUrl?: string | undefined;
  timeout_ms?: number;
}

/** What somebody has to do before trying again helps; everything else is tried again as it is. */
const REMEDIES: Record<string, string> = {
  invalid_auth: "SLACK_BOT_TOKEN is not valid: take the bot token (xoxb-…) of the app's page OAuth & Permissions",
  not_authed: "SLACK_BOT_TOKEN is not valid: take the bot token (xoxb-…) of the app's page OAuth & Permissions",
  token_revoked: "SLACK_BOT_TOKEN was revoked: install the app again and give the agent its new token",
  token_expired: "SLACK_BOT_TOKEN has expired: give the agent a new one",
  account_inactive: "the app was removed from the workspace: install it again and give the agent its new token",
  missing_scope: "the app needs the scope chat:write: add it and install the app again",
  channel_not_found: "SLACK_CHANNEL is not there or private: check it, or invite the app to it (/invite @app)",
  not_in_channel: "invite the app to the channel of SLACK_CHANNEL (/invite @app)",
  is_archived: "the channel of SLACK_CHANNEL is archived: name another one",
  restricted_action: "the workspace does not let the app post there: ask its administrator",
};
/** The message itself is at fault: it stays so. */
const FINAL = new Set(["invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text", "invalid_arguments"]);

/** One message for an incident, and its further ones in that message's thread. A message may come twice after a crash: Slack drops no repeats. */
export function createSlackChannel(options: SlackOptions): Channel {
  const { db, channel } = options;
  const client = clientOf(options);
  return {
    name: "slack",
    async deliver(id, message) {
      const incident = message.data.incident.id;
      const metadata = { event_type: "threat_response", event_payload: { id, incident, type: message.type } };
      const thread_ts = await slackThread(db, channel, incident);
      try {
        const post = { channel, ...slackMessage(message), metadata, unfurl_links: false, unfurl_media: false };
        const answer = await client.apiCall("chat.postMessage", {
          ...post,
          ...(thread_ts === null ? {} : { thread_ts, reply_broadcast: message.type === "action.failed" }),
        });
        const { ts } = answer as { ts?: unknown };
        if (thread_ts === null && typeof ts === "string") await keepSlackThread(db, channel, incident, ts);
        return { done: true };
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        return failureOf(error);
      }
    },
  };
}

/** Waiting and trying again is the outbox's; requests go to the configured address alone. */
function clientOf({ token, apiUrl, timeout_ms = 10_000 }: SlackOptions): WebClient {
  const guarded: typeof fetch = async (input, init) => {
    const refused = await refuseUrl(new URL(String(input)));
    if (refused !== null) throw new Error(`nothing is sent there: ${refused}`);
    return fetch(input, { ...init, redirect: "error" });
  };
  return new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    timeout: timeout_ms,
    fetch: guarded,
    logLevel: LogLevel.ERROR,
  });
}

const LONGEST_WAIT_S = 3_600;

function failureOf(error: SlackError): Delivery {
  if (error instanceof WebAPIRateLimitedError) {
    const seconds = Math.min(Math.max(error.retryAfter, 1), LONGEST_WAIT_S);
    return { done: false, error: `Slack asks to wait ${seconds} s`, final: false, retryAfter_ms: seconds * 1000 };
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: code } = error.data;
    const remedy = REMEDIES[code];
    const text = `Slack answered ${code}${remedy === undefined ? "" : `: ${remedy}`}`;
    return { done: false, error: text, final: FINAL.has(code) };
  }
  if (error instanceof WebAPIHTTPError)
    return { done: false, error: `Slack answered ${error.statusCode}`, final: false };
  return { done: false, error: error.message, final: false };
}
