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

resource "aws_security_group" "files" {
  name        = "sample-production-files"
  description = "Files that pods share"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "files"
  }
}

resource "aws_security_group" "pods" {
  name        = "sample-production-pods"
  description = "Control plane, nodes and pods"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "pods"
  }
}
