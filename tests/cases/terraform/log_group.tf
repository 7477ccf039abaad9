resource "aws_cloudwatch_log_group" "api" {
  name              = "/sample/production/api"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "/sample/production/flow-logs"
  retention_in_days = 90
}
