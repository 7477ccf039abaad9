resource "aws_vpc" "misspelt" {
  cidr_blok = "10.0.0.0/16" # wrong: An argument named "cidr_blok" is not expected here. Did you mean "cidr_block"?
}
