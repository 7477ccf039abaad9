#!/usr/bin/env bash
# Written by `groundplan scripts`, which overwrites what is changed here.
# usage: deploy.sh ENVIRONMENT [--confirm ENVIRONMENT] [option of groundplan deploy ...]
# Brings an environment to what the blueprint says: on the local AWS, or with --target aws.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

begin "$@"
choose
guard deploy
groundplan validate --file "$blueprint" --environment "$environment"
call deploy
