resource "aws_subnet" "several" {
  for_each   = toset(["10.0.2.0/24", "10.0.3.0/24"])
  vpc_id     = aws_vpc.main.id
  cidr_block = each.key
}

resource "aws_network_interface" "one" {
  subnet_id = aws_subnet.several.id # wrong: Because aws_subnet.several has "for_each" set, its attributes must be accessed on specific instances.
}
