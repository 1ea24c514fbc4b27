#!/usr/bin/env bash
# install-cli.sh DIRECTORY: builds the agent's commands from its source, checked out there at a whole commit sha.
set -euo pipefail

cd "$1"
npm ci --ignore-scripts --no-audit --no-fund
scripts/build agent
echo "THREAT_RESPONSE_CLI=$PWD/dist/agent/src/main.js" >>"$GITHUB_ENV"
