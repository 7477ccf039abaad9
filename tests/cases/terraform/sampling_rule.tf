resource "aws_xray_sampling_rule" "main" {
  rule_name      = "sample-production-traces"
  priority       = 1000
  service_name   = "sample-production-*"
  reservoir_size = 10
  fixed_rate     = 0.25
  version        = 1
  service_type   = "*"
  host           = "*"
  http_method    = "*"
  url_path       = "*"
  resource_arn   = "*"
}
