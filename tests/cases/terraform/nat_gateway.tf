resource "aws_nat_gateway" "main_a" {
  subnet_id     = aws_subnet.public_a.id
  allocation_id = aws_eip.nat_a.id

  tags = {
    Name = "sample-nat-a"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "main_b" {
  subnet_id     = aws_subnet.public_b.id
  allocation_id = aws_eip.nat_b.id

  tags = {
    Name = "sample-nat-b"
  }

  depends_on = [aws_internet_gateway.main]
}
