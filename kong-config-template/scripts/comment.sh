#!/usr/bin/env bash
# comment.sh NAME FILE: says it on the pull request, in place of what was said under that name before. GH_TOKEN, GITHUB_REPOSITORY, PULL_REQUEST.
set -euo pipefail

marker="<!-- threat-response: $1 -->"
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
body=$(jq --raw-input --slurp --arg marker "$marker" '{body: ($marker + "\n" + .[0:60000])}' "$2")
known=$(gh api --paginate "$comments" | jq -r --arg marker "$marker" \
  '.[] | select(.user.type == "Bot" and (.body | startswith($marker))) | .id' | head -n 1)
if [ -n "$known" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --input - <<<"$body" >/dev/null
else
  gh api --method POST "$comments" --input - <<<"$body" >/dev/null
fi
