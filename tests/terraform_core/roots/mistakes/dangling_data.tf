resource "aws_vpc" "dangling_data" {
  cidr_block = data.aws_vpc.other.cidr_block # wrong: A data resource "aws_vpc" "other" has not been declared in the root module.
}
