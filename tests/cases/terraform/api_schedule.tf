resource "aws_scheduler_schedule" "start_main" {
  name                         = "sample-production-start-main"
  group_name                   = aws_scheduler_schedule_group.off_hours.name
  description                  = "Starts the main database"
  schedule_expression          = "cron(45 6 ? * MON,TUE,WED,THU,FRI *)"
  schedule_expression_timezone = "UTC"
  state                        = "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:rds:startDBInstance"
    role_arn = aws_iam_role.off_hours.arn
    input = jsonencode({
      DbInstanceIdentifier = aws_db_instance.main.identifier
    })

    retry_policy {
      maximum_retry_attempts       = 10
      maximum_event_age_in_seconds = 3600
    }
  }

  lifecycle {
    # `groundplan schedule pause` moves it.
    ignore_changes = [start_date]
  }

  depends_on = [aws_iam_role_policy.off_hours]
}

resource "aws_scheduler_schedule" "stop_reports" {
  name                         = "sample-production-stop-reports"
  group_name                   = aws_scheduler_schedule_group.off_hours.name
  description                  = "Stops the database of the reports"
  schedule_expression          = "cron(0 20 * * ? *)"
  schedule_expression_timezone = "Asia/Kolkata"
  state                        = "ENABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"
    role_arn = aws_iam_role.off_hours.arn
    input = jsonencode({
      DbInstanceIdentifier = aws_db_instance.reports.identifier
    })

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 1800
    }

    dead_letter_config {
      arn = aws_sqs_queue.jobs_not_started.arn
    }
  }

  lifecycle {
    # `groundplan schedule pause` moves it.
    ignore_changes = [start_date]
  }

  depends_on = [aws_iam_role_policy.off_hours]
}
