resource "aws_cloudwatch_log_delivery_destination" "cdn" {
  region        = "us-east-1"
  name          = "sample-production-cdn"
  output_format = "w3c"

  delivery_destination_configuration {
    destination_resource_arn = aws_s3_bucket.logs.arn
  }
}
