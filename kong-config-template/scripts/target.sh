# Sourced by the others. Tells decK where to go, and which files hold the configuration. Everything comes from the environment, tokens
# included, and decK takes them from there: nothing secret is ever an argument.
#
#   KONG_TARGET   konnect: KONNECT_TOKEN, KONNECT_CONTROL_PLANE, KONNECT_ADDR (https://us.api.konghq.com)
#                 admin-api: KONG_ADMIN_URL, KONG_ADMIN_TOKEN (where there is one)
#   STATE_FILES   patterns, with commas between them (kong.yaml); the agent needs the same
set -euo pipefail
export DECK_ANALYTICS=false

fail() {
  printf '::error::%s\n' "$*" >&2
  exit 1
}

use_target() {
  unset DECK_KONG_ADDR DECK_KONG_ADMIN_TOKEN DECK_KONNECT_TOKEN DECK_KONNECT_ADDR DECK_KONNECT_CONTROL_PLANE_NAME
  case ${KONG_TARGET:-} in
    konnect)
      [ -n "${KONNECT_TOKEN:-}" ] || fail "KONNECT_TOKEN is empty: add it as a secret of the environment"
      [ -n "${KONNECT_CONTROL_PLANE:-}" ] || fail "KONNECT_CONTROL_PLANE is empty: name the control plane in a variable"
      export DECK_KONNECT_TOKEN=$KONNECT_TOKEN DECK_KONNECT_CONTROL_PLANE_NAME=$KONNECT_CONTROL_PLANE
      export DECK_KONNECT_ADDR=${KONNECT_ADDR:-https://us.api.konghq.com}
      ;;
    admin-api)
      [ -n "${KONG_ADMIN_URL:-}" ] || fail "KONG_ADMIN_URL is empty: say where Kong's Admin API is"
      export DECK_KONG_ADDR=$KONG_ADMIN_URL
      if [ -n "${KONG_ADMIN_TOKEN:-}" ]; then export DECK_KONG_ADMIN_TOKEN=$KONG_ADMIN_TOKEN; fi
      ;;
    *) fail "KONG_TARGET has to be konnect or admin-api, and is '${KONG_TARGET:-}'" ;;
  esac
}

# The files that the patterns name, one in a line, relative to the directory.
list_state_files() {
  (
    cd "$1"
    shopt -s globstar nullglob
    IFS=, read -r -a patterns <<<"${STATE_FILES:-kong.yaml}"
    IFS=
    for pattern in "${patterns[@]}"; do
      # shellcheck disable=SC2086
      for file in $pattern; do [ -f "$file" ] && printf './%s\n' "$file"; done
    done | sort -u
  )
}

# Sets STATE to what the patterns find here.
read_state_files() {
  mapfile -t STATE < <(list_state_files .)
  [ "${#STATE[@]}" -gt 0 ] || fail "no file matches STATE_FILES (${STATE_FILES:-kong.yaml})"
}

# Entities by kind and name from decK's JSON; of those whose name may be a credential only how many. Values are never shown.
describe_diff() {
  jq -r '
    def known: ["service", "route", "plugin", "consumer", "consumer-group", "upstream", "target"];
    def shown: if (.kind as $k | known | index($k)) then "\(.kind) `\(.name | gsub("[`\\n\\r]"; "") | .[0:120])`" else .kind end;
    [["creates", .changes.creating], ["changes", .changes.updating], ["deletes", .changes.deleting]]
    | map(.[0] as $word | (.[1] // [])[] | "- \($word) \(shown)") | if length == 0 then "No differences." else .[] end
  ' "$1"
}
