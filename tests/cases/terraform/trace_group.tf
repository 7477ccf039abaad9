resource "aws_xray_group" "main" {
  group_name        = "sample-production-traces"
  filter_expression = "service(\"sample-production-api\")"
}
