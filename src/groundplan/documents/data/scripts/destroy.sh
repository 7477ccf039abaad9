#!/usr/bin/env bash
# Written by `groundplan scripts`, which overwrites what is changed here.
# usage: destroy.sh ENVIRONMENT [--confirm ENVIRONMENT] [option of groundplan destroy ...]
# Takes an environment away. What holds data and is protected goes only where it is named: --delete-protected NAME.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

begin "$@"
choose
guard destroy
if [[ -n $confirmed ]]; then options+=(--confirm "$confirmed"); fi
call destroy
