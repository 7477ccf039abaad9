#!/usr/bin/env bash
# Written by `groundplan scripts`, which overwrites what is changed here.
# usage: backup.sh ENVIRONMENT [--export FOLDER] [option of groundplan backup ...]
# Backs up everything that holds data, and tells whether all of it could be brought back.
# --export FOLDER: the templates and parameters as well, which no snapshot has, compressed by gzip; where the newest
# file in the folder says the same none is written.
# --yes is for the backup alone.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

begin "$@"
choose
answered=()
others=()
folder=''
set -- ${options[@]+"${options[@]}"}
while [[ $# -gt 0 ]]; do
  case "$1" in
    -y | --yes) answered=(--yes) ;;
    --export)
      [[ $# -ge 2 ]] || fail "--export needs a folder"
      folder=$2
      shift
      ;;
    --export=*) folder=${1#--export=} ;;
    *) others+=("$1") ;;
  esac
  shift
done
options=(${others[@]+"${others[@]}"})
call backup now ${answered[@]+"${answered[@]}"}
if [[ -n $folder ]]; then call backup export "$folder"; fi
call backup verify
