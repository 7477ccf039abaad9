resource "aws_api_gateway_rest_api" "api" {
  name        = "sample-production-api"
  description = "In front of api.groundplan.dev"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}
