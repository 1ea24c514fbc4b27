/** The decK state file of the echo service, as a team keeps it in git: with comments, and only what bears the team's tag. */
export const STATE_FILE = "kong.yaml";
export const SELECT_TAG = "kong-config";

const PATHS = "        paths: [/echo]\n";

export const stateFile = (upstreamUrl: string): string => `_format_version: "3.0"
_info:
  # Only entities with this tag are synced from here.
  select_tags: [${SELECT_TAG}]
services:
  - name: echo
    url: ${upstreamUrl}
    routes:
      - name: echo-route
        # Partners call this path; keep it.
${PATHS}        strip_path: false
`;

/** The same with the change that everybody regrets. */
export const withTermination = (text: string): string =>
  text.replace(
    PATHS,
    `${PATHS}        plugins:
          - name: request-termination
            config:
              status_code: 503
              message: Down for maintenance
`,
  );
