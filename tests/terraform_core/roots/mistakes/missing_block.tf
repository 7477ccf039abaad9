resource "aws_lb_listener" "missing" { # wrong: At least 1 "default_action" blocks are required.
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/main/1"
}
