resource "aws_vcp" "misspelt" { # wrong: The provider hashicorp/aws does not support resource type "aws_vcp". Did you mean "aws_vpc"?
  cidr_block = "10.0.0.0/16"
}
