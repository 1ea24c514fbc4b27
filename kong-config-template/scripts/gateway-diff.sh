#!/usr/bin/env bash
# gateway-diff.sh OUT: asks the gateway whether it would take the files, and writes as Markdown what a sync would change there.
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

use_target
read_state_files
options=()
[ "$KONG_TARGET" != konnect ] || options=(--konnect-compatibility)
deck gateway validate "${options[@]}" "${STATE[@]}"
diff=$(mktemp)
trap 'rm -f "$diff"' EXIT
deck gateway diff --json-output "${STATE[@]}" >"$diff"
{
  echo "### What a sync would change"
  describe_diff "$diff"
} >"$1"
