resource "aws_elasticache_replication_group" "catalogue" {
  replication_group_id    = "sample-production-catalogue"
  description             = "Catalogue, over two shards"
  engine                  = "redis"
  engine_version          = "7.0"
  node_type               = "cache.t3.medium"
  cluster_mode            = "enabled"
  num_node_groups         = 2
  replicas_per_node_group = 1
  parameter_group_name    = aws_elasticache_parameter_group.catalogue.name

  port                       = 6379
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.cache.id]
  automatic_failover_enabled = true
  multi_az_enabled           = true

  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.data.arn
  transit_encryption_enabled = true
  auth_token_wo              = ephemeral.aws_secretsmanager_secret_version.cache.secret_string
  auth_token_wo_version      = aws_secretsmanager_secret_version.cache.secret_string_wo_version
  auth_token_update_strategy = "ROTATE"

  snapshot_retention_limit   = 1
  snapshot_window            = "03:00-05:00"
  maintenance_window         = "sun:05:00-sun:07:00"
  auto_minor_version_upgrade = true
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "sample-production-sessions"
  description          = "Sessions"
  engine               = "redis"
  engine_version       = "7.0"
  node_type            = "cache.t3.medium"
  num_cache_clusters   = 2
  parameter_group_name = aws_elasticache_parameter_group.main.name

  port                       = 6379
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.cache.id]
  automatic_failover_enabled = true
  multi_az_enabled           = true

  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.data.arn
  transit_encryption_enabled = true
  auth_token_wo              = ephemeral.aws_secretsmanager_secret_version.cache.secret_string
  auth_token_wo_version      = aws_secretsmanager_secret_version.cache.secret_string_wo_version
  auth_token_update_strategy = "ROTATE"

  snapshot_retention_limit   = 5
  snapshot_window            = "03:00-05:00"
  maintenance_window         = "sun:05:00-sun:07:00"
  auto_minor_version_upgrade = true
}
