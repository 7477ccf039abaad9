resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  description = "ANY / and ANY /{proxy+} to https://api.groundplan.dev"
  triggers = {
    definition = "ANY / and ANY /{proxy+} to https://api.groundplan.dev"
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.api_root, aws_api_gateway_integration.api_proxy]
}
