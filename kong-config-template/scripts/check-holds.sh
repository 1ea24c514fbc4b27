#!/usr/bin/env bash
# check-holds.sh [COMMIT]: refuses what contains a commit that the agent holds, until its revert is in, the hold is released
# (`threat-response hold release SHA`) or over. Reads the repository variable KONG_HOLDS and the refs that the agent writes on plain
# remotes. What cannot be read is never taken for "no hold".
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

commit=$(git rev-parse --verify --quiet "${1:-HEAD}^{commit}") || fail "there is no commit ${1:-HEAD}"
now=$(date +%s)

# `sha until incident` of each.
list_holds() {
  jq -r '.[] | "\(.sha) \(.until) \(.incident)"' <<<"${KONG_HOLDS:-[]}" || fail "KONG_HOLDS is not understood; correct the repository variable"
  git ls-remote origin 'refs/threat-response/holds/*' >"$refs" || fail "the holds of the remote cannot be read"
  sed -n 's|^[0-9a-f]*\trefs/threat-response/holds/\([0-9a-f]*\)/\([0-9]*\)/\(.*\)$|\1 \2 \3|p' "$refs"
}

# Is what the commit brought still in? Messages of later commits say what they take back, a revert of a revert puts it in again. The files
# themselves beat messages where they are as they were right after the commit, or right before it.
is_in_force() {
  local held=$1 later target is_in=1
  if git diff --quiet "$held" "$commit" -- "${STATE[@]}"; then return 0; fi
  if git diff --quiet "$held^" "$commit" -- "${STATE[@]}" 2>/dev/null; then return 1; fi
  local -A takes_back=() active=([$held]=1)
  while read -r later; do
    active[$later]=1
    target=$(git log -1 --format=%B "$later" | sed -n 's/^This reverts commit \([0-9a-f]\{40\}\)\.*$/\1/p' | head -n 1)
    takes_back[$later]=$target
    # Down the chain: what is taken back lets go of what it took back itself.
    while [ -n "$target" ] && [ -n "${active[$target]:-}" ]; do
      active[$target]=$((1 - active[$target]))
      target=${takes_back[$target]:-}
    done
  done < <(git rev-list --reverse "$held..$commit")
  is_in=${active[$held]}
  [ "$is_in" = 1 ]
}

[ "$(git rev-parse --is-shallow-repository)" = false ] || fail "the whole history is needed (fetch-depth: 0)"
read_state_files
refs=$(mktemp)
trap 'rm -f "$refs"' EXIT
holds=$(list_holds) || exit 1
refused=0
while read -r sha until incident; do
  [ -n "$sha" ] || continue
  [[ $sha =~ ^[0-9a-f]{40}$ && $until =~ ^[0-9]+$ ]] || fail "a hold is not understood: $sha $until"
  if [ "$until" -le "$now" ] || ! git cat-file -e "$sha^{commit}" 2>/dev/null; then continue; fi
  git merge-base --is-ancestor "$sha" "$commit" || continue
  is_in_force "$sha" || continue
  printf '::error::%s is held until %s for incident %s: merge its revert, or release it with `threat-response hold release %s`\n' \
    "$sha" "$(date -u -d "@$until" +%FT%TZ)" "${incident//[^A-Za-z0-9._-]/}" "$sha" >&2
  refused=1
done <<<"$holds"
[ "$refused" = 0 ] || exit 1
echo "No hold stands against $commit."
