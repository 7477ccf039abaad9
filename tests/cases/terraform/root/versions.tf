# Written by Groundplan, which overwrites what is changed here.
# Sample production: versions of Terraform and of its providers.

terraform {
  # The first with write-only arguments, which keep secrets out of the state.
  required_version = ">= 1.11"

  required_providers {
    # Checked against the schema of 6.62; a new major version may change what arguments mean.
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.62"
    }
  }
}
