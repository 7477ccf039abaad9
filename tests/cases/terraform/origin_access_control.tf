resource "aws_cloudfront_origin_access_control" "website" {
  name                              = "sample-production-website"
  description                       = "Signs requests to the bucket website"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}
