resource "aws_cloudwatch_log_group" "api" {
  name              = "/sample/production/api"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "api_gateway" {
  name              = "/Sample/production/gateway/api"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "/sample/production/flow-logs"
  retention_in_days = 90
}

resource "aws_cloudwatch_log_group" "pods" {
  name              = "/aws/eks/sample-production-pods/cluster"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "reports" {
  name              = "/sample/production/reports"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "/sample/production/trail"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "waf_load_balancer" {
  name              = "aws-waf-logs-sample-production-load-balancer"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.logs.arn
}
