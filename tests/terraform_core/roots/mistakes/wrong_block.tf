resource "aws_security_group" "wrong" {
  vpc_id = aws_vpc.main.id
  inbound { # wrong: Blocks of type "inbound" are not expected here.
    from_port = 443
  }
}
