resource "aws_ecr_replication_configuration" "images" {
  replication_configuration {
    rule {
      destination {
        region      = "ap-southeast-1"
        registry_id = data.aws_caller_identity.current.account_id
      }

      repository_filter {
        filter      = "sample-production-api"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}
