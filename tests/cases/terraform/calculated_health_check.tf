resource "aws_route53_health_check" "both" {
  type                   = "CALCULATED"
  child_healthchecks     = [aws_route53_health_check.app.id, aws_route53_health_check.plain.id]
  child_health_threshold = 2
}
