resource "aws_cloudwatch_event_rule" "promotion" {
  name        = "sample-production-promotion"
  description = "The alarm has begun"
  state       = "ENABLED"
  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    resources   = [aws_cloudwatch_composite_alarm.application.arn]
    detail = {
      state = {
        value = ["ALARM"]
      }
    }
  })

  tags = {
    Name = "sample-production-promotion"
  }

  depends_on = [aws_iam_role_policy.promotion_start]
}

resource "aws_cloudwatch_event_target" "promotion_promote" {
  rule      = aws_cloudwatch_event_rule.promotion.name
  target_id = "promote"
  arn       = "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:automation-definition/${aws_ssm_document.promote.name}:$DEFAULT"
  role_arn  = aws_iam_role.promotion_start.arn
  input = jsonencode({
    Reason = ["The alarm has begun"]
  })
}

resource "aws_cloudwatch_event_target" "promotion_alerts" {
  rule      = aws_cloudwatch_event_rule.promotion.name
  target_id = "alerts"
  arn       = aws_sns_topic.alerts.arn
}
