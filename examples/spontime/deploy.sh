#!/bin/sh
# Brings AWS to what groundplan.yaml says, by Terraform. Its state is one file on this machine, so a dated copy is kept
# before each change of it.
#   deploy.sh [FOLDER]    FOLDER: where the Terraform files and the state are; terraform/ beside this script by default
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/terraform}

groundplan render --engine terraform --file "$here/groundplan.yaml" --out "$folder"
cd "$folder"
terraform init -input=false
terraform validate
terraform plan -input=false -out=poc.tfplan

printf 'Apply this plan? [y/N] '
read -r answer
if [ "$answer" != y ]; then
  echo 'Nothing was changed.'
  exit 1
fi
if [ -f terraform.tfstate ]; then
  cp -p terraform.tfstate "terraform.tfstate.$(date -u +%Y%m%dT%H%M%SZ)"
fi
terraform apply -input=false poc.tfplan
