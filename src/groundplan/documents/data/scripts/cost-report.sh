#!/usr/bin/env bash
# Written by `groundplan scripts`, which overwrites what is changed here.
# usage: cost-report.sh [ENVIRONMENT] [option of groundplan cost ...]
# What every environment costs a month, side by side; with one that is named, each line with its formula and source.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

begin "$@"
if [[ -n $environment ]]; then
  choose
  call cost
elif [[ $environments == *" "* ]]; then
  groundplan cost --file "$blueprint" --all ${options[@]+"${options[@]}"}
else
  environment=$environments
  call cost
fi
