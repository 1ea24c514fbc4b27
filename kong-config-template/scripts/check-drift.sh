#!/usr/bin/env bash
# check-drift.sh OUT: does the gateway have what the files say? Ends with 1 when it does not.
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

use_target
read_state_files
diff=$(mktemp)
trap 'rm -f "$diff"' EXIT
status=0
deck gateway diff --non-zero-exit-code --json-output "${STATE[@]}" >"$diff" || status=$?
case $status in
  0) echo "The gateway has what the files say." >"$1" ;;
  2)
    {
      echo "### The gateway differs from the files; a sync would make these changes"
      describe_diff "$diff"
      echo
      echo "Somebody changed it by hand, or the agent took a change back while its commit is held."
    } >"$1"
    ;;
  *) fail "decK could not compare the gateway with the files" ;;
esac
cat "$1"
[ "$status" = 0 ] || fail "the gateway differs from the files"
