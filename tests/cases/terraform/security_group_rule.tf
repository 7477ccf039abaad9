resource "aws_vpc_security_group_ingress_rule" "alb_from_world_443" {
  security_group_id = aws_security_group.alb.id
  description       = "alb from world 443"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "alb_from_world_80" {
  security_group_id = aws_security_group.alb.id
  description       = "alb from world 80"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "alb_to_api" {
  security_group_id            = aws_security_group.alb.id
  description                  = "alb to api"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.api.id
}

resource "aws_vpc_security_group_ingress_rule" "api_from_alb" {
  security_group_id            = aws_security_group.api.id
  description                  = "api from alb"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.alb.id
}

resource "aws_vpc_security_group_egress_rule" "api_to_cache" {
  security_group_id            = aws_security_group.api.id
  description                  = "api to cache"
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  referenced_security_group_id = aws_security_group.cache.id
}

resource "aws_vpc_security_group_egress_rule" "api_to_database" {
  security_group_id            = aws_security_group.api.id
  description                  = "api to database"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.database.id
}

resource "aws_vpc_security_group_egress_rule" "api_to_world" {
  security_group_id = aws_security_group.api.id
  description       = "Outgoing calls"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "cache_from_api" {
  security_group_id            = aws_security_group.cache.id
  description                  = "cache from api"
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  referenced_security_group_id = aws_security_group.api.id
}

resource "aws_vpc_security_group_ingress_rule" "database_from_api" {
  security_group_id            = aws_security_group.database.id
  description                  = "database from api"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.api.id
}

resource "aws_vpc_security_group_ingress_rule" "files_from_pods" {
  security_group_id            = aws_security_group.files.id
  description                  = "files from pods"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = aws_security_group.pods.id
}

resource "aws_vpc_security_group_ingress_rule" "pods_from_pods" {
  security_group_id            = aws_security_group.pods.id
  description                  = "pods from pods"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.pods.id
}

resource "aws_vpc_security_group_egress_rule" "pods_to_files" {
  security_group_id            = aws_security_group.pods.id
  description                  = "pods to files"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = aws_security_group.files.id
}

resource "aws_vpc_security_group_egress_rule" "pods_to_internet" {
  security_group_id = aws_security_group.pods.id
  description       = "pods to internet"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "pods_to_pods" {
  security_group_id            = aws_security_group.pods.id
  description                  = "pods to pods"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.pods.id
}
