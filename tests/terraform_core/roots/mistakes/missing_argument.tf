resource "aws_subnet" "missing" { # wrong: The argument "vpc_id" is required, but no definition was found.
  cidr_block = "10.0.1.0/24"
}
