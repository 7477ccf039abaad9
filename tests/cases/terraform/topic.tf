resource "aws_sns_topic" "alerts" {
  name              = "sample-production-alerts"
  display_name      = "Sample alerts"
  kms_master_key_id = aws_kms_key.logs.arn
}
