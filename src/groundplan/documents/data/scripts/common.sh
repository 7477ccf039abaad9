# shellcheck shell=bash
# Written by `groundplan scripts`, which overwrites what is changed here. The scripts beside this file read it.
set -euo pipefail

project=@PROJECT@
environments=@ENVIRONMENTS@
guarded=@GUARDED@
blueprint="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"/@BLUEPRINT@

fail() {
  echo "${0##*/}: $1" >&2
  exit 2
}

# The comment at the top of the script, which is its help.
help() {
  sed -n '3,/^set /{ /^# \{0,1\}/s///p; }' "$0"
  echo "environments: $environments${guarded:+ (asked for by name: $guarded)}"
}

# Reads ENVIRONMENT, which stands first, --confirm NAME and --help. What remains is for groundplan, in $options.
begin() {
  environment='' confirmed='' options=()
  if [[ $# -gt 0 && $1 != -* ]]; then
    environment=$1
    shift
  fi
  while [[ $# -gt 0 ]]; do
    case "$1" in
      -h | --help)
        help
        exit 0
        ;;
      --confirm)
        [[ $# -ge 2 ]] || fail "--confirm needs the name of the environment"
        confirmed=$2
        shift
        ;;
      --confirm=*) confirmed=${1#--confirm=} ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  command -v groundplan >/dev/null || fail "there is no command groundplan: install it, or activate its environment"
  [[ -f $blueprint ]] || fail "there is no blueprint $blueprint: run groundplan scripts again"
}

# An environment that there is, and no workspace of Terraform that is another one's: each has a folder and a state
# of its own, so that a workspace could only lead to the wrong state.
choose() {
  [[ -n $environment ]] || fail "name the environment first: one of $environments"
  [[ " $environments " == *" $environment "* ]] || fail "there is no environment $environment; there are: $environments"
  local selected=${TF_WORKSPACE:-} folder="${blueprint%/*}/.groundplan/terraform/$project-$environment"
  if [[ -z $selected && -f $folder/.terraform/environment ]]; then selected=$(<"$folder/.terraform/environment"); fi
  case "${selected:-default}" in
    default | "$environment") ;;
    *) fail "the workspace $selected of Terraform is selected, which is not $environment: unset TF_WORKSPACE, or run terraform workspace select default" ;;
  esac
}

# What is production is changed only by somebody who writes its name: on the terminal, or with --confirm NAME.
guard() {
  [[ " $guarded " == *" $environment "* ]] || return 0
  if [[ -z $confirmed && -t 0 ]]; then
    read -r -p "$1 $environment? Write its name to go on: " confirmed
  fi
  [[ $confirmed == "$environment" ]] ||
    fail "$environment is left as it is: to $1 it, write its name, with --confirm $environment where nobody is at the terminal"
}

# call COMMAND [OPTION ...]: the command of groundplan, for this environment, with the options that were given.
call() {
  groundplan "$@" --file "$blueprint" --environment "$environment" ${options[@]+"${options[@]}"}
}
