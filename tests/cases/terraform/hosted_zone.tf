resource "aws_route53_zone" "main" {
  name    = "sample.groundplan.dev"
  comment = "Sample production"

  tags = {
    Name = "sample.groundplan.dev"
  }
}
