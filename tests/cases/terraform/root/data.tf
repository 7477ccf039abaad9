# Written by Groundplan, which overwrites what is changed here.
# Sample production: what Terraform asks AWS about.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
