# Written by Groundplan, which overwrites what is changed here.
# Sample production: the AWS provider, and tags on everything.

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "sample"
      Environment = var.environment
      ManagedBy   = "groundplan"
    }
  }
}
