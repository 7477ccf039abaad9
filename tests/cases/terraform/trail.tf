resource "aws_cloudtrail" "main" {
  name                          = "sample-production-trail"
  include_global_service_events = true
  enable_log_file_validation    = true
  s3_bucket_name                = aws_s3_bucket.records.id
  kms_key_id                    = aws_kms_key.data.arn
  is_multi_region_trail         = true
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn

  depends_on = [aws_s3_bucket_policy.records, aws_iam_role_policy.trail]
}
