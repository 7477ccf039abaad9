resource "aws_config_conformance_pack" "s3" {
  name          = "sample-production-s3"
  template_body = "Resources:\n  S3BucketLoggingEnabled:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: s3-bucket-logging-enabled\n      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_LOGGING_ENABLED}\n"

  depends_on = [aws_config_configuration_recorder.main]
}
