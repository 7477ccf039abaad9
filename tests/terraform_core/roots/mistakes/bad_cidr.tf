resource "aws_vpc" "host_bits" {
  cidr_block = "10.0.0.1/16" # wrong: 10.0.0.1/16 has host bits set
}
