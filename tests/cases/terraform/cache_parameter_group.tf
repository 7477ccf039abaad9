resource "aws_elasticache_parameter_group" "catalogue" {
  name        = "sample-production-catalogue"
  family      = "redis7"
  description = "Redis 7 in cluster mode"

  parameter {
    name  = "cluster-enabled"
    value = "yes"
  }
}

resource "aws_elasticache_parameter_group" "main" {
  name        = "sample-production-redis7"
  family      = "redis7"
  description = "Redis 7"

  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
}
