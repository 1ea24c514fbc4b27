#!/usr/bin/env bash
# check-security.sh BASE HEAD OUT: which protection the change between two directories takes away. Needs no gateway and no secret.
# Ends with 1 when it takes some away: then somebody has to look, and merges it in spite of the failed check.
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

export STATE_FILES=${STATE_FILES:-kong.yaml}
status=0
node "${THREAT_RESPONSE_CLI:?install-cli.sh sets it}" check-change "$1" "$2" >"$3" || status=$?
cat "$3"
exit "$status"
