resource "aws_scheduler_schedule" "nightly" {
  name                         = "sample-production-nightly"
  group_name                   = aws_scheduler_schedule_group.jobs.name
  description                  = "Cleans up"
  schedule_expression          = "cron(30 2 ? * MON-FRI *)"
  schedule_expression_timezone = "Asia/Kolkata"
  state                        = "ENABLED"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = aws_ecs_cluster.main.arn
    role_arn = aws_iam_role.schedules.arn

    ecs_parameters {
      task_definition_arn    = "arn:${data.aws_partition.current.partition}:ecs:${var.region}:${data.aws_caller_identity.current.account_id}:task-definition/sample-production-worker"
      task_count             = 2
      launch_type            = "FARGATE"
      enable_execute_command = true
      propagate_tags         = "TASK_DEFINITION"

      network_configuration {
        subnets          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
        security_groups  = [aws_security_group.api.id]
        assign_public_ip = false
      }
    }

    retry_policy {
      maximum_retry_attempts       = 12
      maximum_event_age_in_seconds = 7200
    }

    dead_letter_config {
      arn = aws_sqs_queue.jobs_not_started.arn
    }
  }

  depends_on = [
    aws_ecs_task_definition.worker,
    aws_iam_role_policy.schedules,
    aws_iam_role_policy.api_execution,
    aws_iam_role_policy.api,
  ]
}

resource "aws_scheduler_schedule" "report" {
  name                         = "sample-production-report"
  group_name                   = aws_scheduler_schedule_group.jobs.name
  description                  = "Writes the report"
  schedule_expression          = "rate(12 hours)"
  schedule_expression_timezone = "UTC"
  state                        = "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.main.arn
    role_arn = aws_iam_role.schedules.arn

    ecs_parameters {
      task_definition_arn    = "arn:${data.aws_partition.current.partition}:ecs:${var.region}:${data.aws_caller_identity.current.account_id}:task-definition/sample-production-worker"
      task_count             = 1
      enable_execute_command = false
      propagate_tags         = "TASK_DEFINITION"

      capacity_provider_strategy {
        capacity_provider = "FARGATE"
        base              = 1
        weight            = 1
      }

      capacity_provider_strategy {
        capacity_provider = "FARGATE_SPOT"
        base              = 0
        weight            = 3
      }

      network_configuration {
        subnets          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
        security_groups  = [aws_security_group.api.id]
        assign_public_ip = false
      }
    }

    retry_policy {
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 86400
    }
  }

  depends_on = [
    aws_ecs_task_definition.worker,
    aws_iam_role_policy.schedules,
    aws_iam_role_policy.api_execution,
    aws_iam_role_policy.api,
  ]
}
