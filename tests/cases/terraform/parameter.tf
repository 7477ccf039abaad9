resource "aws_ssm_parameter" "hosted_zone" {
  name           = "/sample/shared/hosted-zone"
  description    = "Route 53 hosted zone of example.com"
  insecure_value = aws_route53_zone.main.zone_id
  type           = "String"

  tags = {
    Name = "sample-hosted-zone"
  }
}
