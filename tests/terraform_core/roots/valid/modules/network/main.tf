variable "cidr" {
  type = string
}

data "aws_availability_zones" "here" {}

locals {
  zones = slice(data.aws_availability_zones.here.names, 0, 2)
}

resource "aws_vpc" "main" {
  cidr_block = var.cidr
  tags       = { Name = "main" }
}

resource "aws_subnet" "private" {
  for_each          = toset(local.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.cidr, 8, index(local.zones, each.key))
}

output "vpc_id" {
  value = aws_vpc.main.id
}
