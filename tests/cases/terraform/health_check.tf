resource "aws_route53_health_check" "app" {
  fqdn              = "primary.app.sample.groundplan.dev"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  request_interval  = 10
  failure_threshold = 2
  enable_sni        = true

  tags = {
    Name = "sample-production-app"
  }
}

resource "aws_route53_health_check" "plain" {
  fqdn               = "primary.plain.sample.groundplan.dev"
  port               = 80
  type               = "HTTP"
  resource_path      = "/taken-over"
  request_interval   = 30
  failure_threshold  = 3
  invert_healthcheck = true
}
