#!/usr/bin/env bash
# Written by `groundplan scripts`, which overwrites what is changed here.
# usage: update.sh ENVIRONMENT [--confirm ENVIRONMENT] [option that plan and deploy share ...]
# Shows what would change, and makes it. Where data would be lost that nobody has named it stops.
# --yes is for the deployment alone.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

begin "$@"
choose
guard update
answered=()
others=()
for option in ${options[@]+"${options[@]}"}; do
  case "$option" in
    -y | --yes) answered=(--yes) ;;
    *) others+=("$option") ;;
  esac
done
options=(${others[@]+"${others[@]}"})
call plan
call deploy ${answered[@]+"${answered[@]}"}
