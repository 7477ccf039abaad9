resource "aws_config_delivery_channel" "main" {
  name           = "sample-production-channel"
  s3_bucket_name = aws_s3_bucket.records.id
  s3_kms_key_arn = aws_kms_key.data.arn

  depends_on = [
    aws_s3_bucket_policy.records,
    aws_config_configuration_recorder.main,
    aws_iam_role_policy.config,
    aws_iam_role_policy_attachment.config,
  ]
}

resource "aws_config_configuration_recorder_status" "main" {
  name       = aws_config_configuration_recorder.main.name
  is_enabled = true

  depends_on = [aws_config_delivery_channel.main]
}
