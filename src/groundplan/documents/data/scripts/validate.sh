#!/usr/bin/env bash
# Written by `groundplan scripts`, which overwrites what is changed here.
# usage: validate.sh [ENVIRONMENT] [option of groundplan validate ...]
# Reads the blueprint and designs every environment; with one that is named, checks its architecture, too.
# Nothing is asked of AWS.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

begin "$@"
groundplan validate --file "$blueprint" ${options[@]+"${options[@]}"}
if [[ -n $environment ]]; then
  choose
  options=()
  call check
fi
