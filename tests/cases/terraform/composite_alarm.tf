resource "aws_cloudwatch_composite_alarm" "application" {
  alarm_name        = "sample-production-application"
  alarm_description = "Users feel it"
  alarm_rule        = "ALARM(\"${aws_cloudwatch_metric_alarm.latency.arn}\") OR ALARM(\"${aws_cloudwatch_metric_alarm.api_cpu.arn}\")"
  alarm_actions     = [aws_sns_topic.alerts.arn]
  ok_actions        = [aws_sns_topic.alerts.arn]

  tags = {
    Name = "sample-production-application"
  }

  lifecycle {
    # Schedules switch them off while what the alarm watches is stopped.
    ignore_changes = [actions_enabled]
  }
}
