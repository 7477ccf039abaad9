resource "aws_vpc_security_group_ingress_rule" "none" { # wrong: exactly one of
  security_group_id = "sg-1"
  ip_protocol       = "tcp"
}
