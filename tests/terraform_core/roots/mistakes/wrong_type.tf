resource "aws_subnet" "wrong" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = "perhaps" # wrong: Inappropriate value for attribute "map_public_ip_on_launch": a bool is required.
}
