#!/usr/bin/env bash
# Merges the very commit that was verified, as soon as required checks pass. GH_TOKEN is the App's: what GITHUB_TOKEN merges starts no sync.
set -euo pipefail

[[ ${HEAD_SHA:-} =~ ^[0-9a-f]{40}$ && ${PULL_REQUEST:-} =~ ^[0-9]+$ ]]
merge=(gh pr merge "$PULL_REQUEST" --repo "$GITHUB_REPOSITORY" --squash --match-head-commit "$HEAD_SHA")
if said=$("${merge[@]}" --auto 2>&1); then exit; fi
echo "$said"
# GitHub refuses to wait where there is nothing to wait for.
grep -qiE 'clean status|unstable status|auto.?merge is not allowed' <<<"$said"
"${merge[@]}"
