resource "aws_vpc" "each" {
  cidr_block = each.value # wrong: A reference to "each.value" has been used in a context in which it is unavailable
}
