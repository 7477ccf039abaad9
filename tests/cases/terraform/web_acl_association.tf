resource "aws_wafv2_web_acl_association" "load_balancer" {
  web_acl_arn  = aws_wafv2_web_acl.load_balancer.arn
  resource_arn = aws_lb.main.arn
}
