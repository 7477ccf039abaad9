resource "aws_subnet" "dangling_attribute" {
  vpc_id     = aws_vpc.main.identifier # wrong: This object has no argument, nested block, or exported attribute named "identifier".
  cidr_block = "10.0.1.0/24"
}
