resource "aws_security_group" "alb" {
  name        = "sample-production-alb"
  description = "Load balancer"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "sample-alb"
  }
}

resource "aws_security_group" "api" {
  name        = "sample-production-api"
  description = "Service api"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "sample-api"
  }
}

resource "aws_security_group" "cache" {
  name        = "sample-production-cache"
  description = "Cache"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "sample-cache"
  }
}

resource "aws_security_group" "database" {
  name        = "sample-production-database"
  description = "Database"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "sample-database"
  }
}
