#!/usr/bin/env bash
# Makes the gateway what the files say. decK deletes what is not in them: without select_tags that would be everything of everybody else,
# the agent's mitigations included.
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

use_target
read_state_files
grep -qE '^[^#]*select_tags:' "${STATE[@]}" || fail "no state file has _info.select_tags: a sync would delete whatever is not in the files"
"$(dirname "${BASH_SOURCE[0]}")/check-holds.sh" HEAD
deck gateway sync "${STATE[@]}"
