resource "aws_vpc" "undeclared_local" {
  cidr_block = local.cidr # wrong: A local value with the name "cidr" has not been declared.
}
