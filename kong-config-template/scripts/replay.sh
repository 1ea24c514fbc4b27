#!/usr/bin/env bash
# replay.sh BASE HEAD OUT: asks the agent what the change between two directories would have done to recorded requests, and writes its
# answer as Markdown. Ends with 1 when it would break a route. Recorded paths are told in private repositories only.
#
#   REPOSITORY_VISIBILITY   of GitHub; anything but private gets counts only
#   REPLAY_REQUIRED         true: without an answer of the agent the change does not pass
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"
source "$(dirname "${BASH_SOURCE[0]}")/agent.sh"

files_of() {
  list_state_files "$1" | while IFS= read -r file; do
    jq --raw-input --slurp --arg path "${file#./}" '{path: $path, text: .}' "$1/$file"
  done | jq --slurp .
}

detail=counts
[ "${REPOSITORY_VISIBILITY:-}" != private ] || detail=examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files_of "$1" >"$work/base"
files_of "$2" >"$work/head"
jq --null-input --slurpfile base "$work/base" --slurpfile head "$work/head" --arg detail "$detail" \
  '{base: $base[0], head: $head[0], detail: $detail}' >"$work/body"

echo "### Replay of recorded traffic" >"$3"
if ! ask_agent /v1/replays <"$work/body" >"$work/answer"; then
  echo "The agent did not answer: $(jq -r '.error.message // "unreachable"' "$work/answer" 2>/dev/null || echo unreachable)" | tee -a "$3"
  echo "::warning::the change was not replayed"
  [ "${REPLAY_REQUIRED:-false}" != true ]
  exit
fi
jq -r .markdown "$work/answer" >>"$3"
cat "$3"
[ "$(jq -r .verdict "$work/answer")" != breaks ] || fail "this change would break what works now"
