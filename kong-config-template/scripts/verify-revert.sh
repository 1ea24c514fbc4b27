#!/usr/bin/env bash
# Is the pull request exactly the inverse of the commit that its message names? Recomputed from the commits; labels, titles and the author's word decide
# nothing. Objects of the pull request are fetched and read, never checked out and never run.
#
#   HEAD_SHA, BASE_REF   the pull request's newest commit, and the branch it goes to
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

[[ ${HEAD_SHA:-} =~ ^[0-9a-f]{40}$ ]] || fail "HEAD_SHA has to be a whole sha"
git fetch --quiet --no-tags origin "$HEAD_SHA"
git fetch --quiet --no-tags origin "refs/heads/${BASE_REF:?}"
base=$(git rev-parse FETCH_HEAD)
mapfile -t named < <(git log -1 --format=%B "$HEAD_SHA" | sed -n 's/^This reverts commit \([0-9a-f]\{40\}\)\.$/\1/p')
[ "${#named[@]}" = 1 ] || fail "the commit has to say exactly once which commit it reverts"
export STATE_FILES=${STATE_FILES:-kong.yaml}
node "${THREAT_RESPONSE_CLI:?install-cli.sh sets it}" verify-revert "${named[0]}" --head "$HEAD_SHA" --base "$base"
