resource "aws_config_conformance_pack" "s3" {
  name          = "sample-production-s3"
  template_body = <<-EOT
    Resources:
      S3BucketLoggingEnabled:
        Type: AWS::Config::ConfigRule
        Properties:
          ConfigRuleName: s3-bucket-logging-enabled
          Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_LOGGING_ENABLED}
  EOT

  depends_on = [aws_config_configuration_recorder.main]
}
