#!/usr/bin/env bash
# backup.sh OUT: what the gateway has before it is changed, in decK's format. decK replaces secrets and most other values by hashes, so that this tells what was there
# and what differs later; what to put back comes from git.
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

use_target
deck gateway dump --sanitize --with-id --yes --output-file "$1"
