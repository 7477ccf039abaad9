# Written by Groundplan, which overwrites what is changed here.
# Sample production: where Terraform keeps its state.

terraform {
  backend "s3" {
    # groundplan bootstrap makes the bucket, and says which key of KMS to give terraform init
    bucket       = "sample-terraform-state"
    key          = "sample/production/terraform.tfstate"
    region       = "ap-south-1"
    encrypt      = true
    use_lockfile = true
  }
}
