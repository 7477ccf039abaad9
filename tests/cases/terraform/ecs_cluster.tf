resource "aws_ecs_cluster" "main" {
  name = "sample-production"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }

  configuration {
    execute_command_configuration {
      logging = "OVERRIDE"

      log_configuration {
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.api.name
        cloud_watch_encryption_enabled = true
      }
    }
  }
}
