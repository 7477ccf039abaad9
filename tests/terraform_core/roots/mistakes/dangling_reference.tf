resource "aws_subnet" "dangling" {
  vpc_id     = aws_vpc.other.id # wrong: A managed resource "aws_vpc" "other" has not been declared in the root module.
  cidr_block = "10.0.1.0/24"
}
