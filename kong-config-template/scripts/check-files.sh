#!/usr/bin/env bash
# What the files alone tell: decK can read them, and they follow lint/ruleset.yaml. Needs no gateway and no secret.
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

read_state_files
deck file validate "${STATE[@]}"
deck file merge "${STATE[@]}" | deck file lint --state - --fail-severity error "$(dirname "${BASH_SOURCE[0]}")/../lint/ruleset.yaml"
