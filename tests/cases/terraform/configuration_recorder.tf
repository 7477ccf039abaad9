resource "aws_config_configuration_recorder" "main" {
  name     = "sample-production-recorder"
  role_arn = aws_iam_role.config.arn

  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}
