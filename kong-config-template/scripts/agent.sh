# Sourced by those that talk to the agent: THREAT_RESPONSE_URL, THREAT_RESPONSE_TOKEN (of scope ci).

# ask_agent PATH: posts what comes in, writes what comes back. The token reaches curl through a pipe, never as an argument.
ask_agent() {
  [[ ${THREAT_RESPONSE_TOKEN:-} =~ ^[A-Za-z0-9._~+/=-]+$ ]] || fail "THREAT_RESPONSE_TOKEN is empty or has characters that no token has"
  curl --silent --show-error --fail-with-body --max-time 60 --proto '=http,https' --config <(
    printf 'header = "Authorization: Bearer %s"\n' "$THREAT_RESPONSE_TOKEN"
  ) --header 'Content-Type: application/json' --data-binary @- -- "${THREAT_RESPONSE_URL%/}$1"
}
