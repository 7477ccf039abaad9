resource "aws_cloudwatch_log_delivery" "website" {
  region                   = "us-east-1"
  delivery_source_name     = aws_cloudwatch_log_delivery_source.website.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.cdn.arn

  depends_on = [aws_s3_bucket_policy.logs]
}
