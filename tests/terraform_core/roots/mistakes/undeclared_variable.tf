resource "aws_vpc" "undeclared" {
  cidr_block = var.cidr # wrong: An input variable with the name "cidr" has not been declared.
}
