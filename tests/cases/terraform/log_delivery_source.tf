resource "aws_cloudwatch_log_delivery_source" "website" {
  region       = "us-east-1"
  name         = "sample-production-website"
  resource_arn = aws_cloudfront_distribution.website.arn
  log_type     = "ACCESS_LOGS"
}
