# Written by Groundplan, which overwrites what is changed here.
# Sample production: versions of Terraform and of its providers.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.62"
    }
  }
}
