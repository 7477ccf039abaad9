resource "aws_service_discovery_http_namespace" "main" {
  name        = "sample-production"
  description = "Where services find each other"
}
