resource "aws_vpc" "unknown_function" {
  tags = jsondecoded("{}") # wrong: There is no function named "jsondecoded". Did you mean "jsondecode"?
}
