resource "aws_db_instance" "elsewhere" {
  region              = "ap-southeast-1"
  identifier          = "sample-production-elsewhere"
  replicate_source_db = aws_db_instance.main.arn
  instance_class      = "db.t3.medium"

  storage_type      = "gp3"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.copies.arn

  multi_az            = false
  publicly_accessible = false

  ca_cert_identifier         = "rds-ca-rsa2048-g1"
  auto_minor_version_upgrade = true

  performance_insights_enabled = false
  monitoring_interval          = 0

  copy_tags_to_snapshot = true
  deletion_protection   = true
  skip_final_snapshot   = true

  tags = {
    Name = "sample-production-elsewhere"
  }
}

resource "aws_db_instance" "main" {
  identifier     = "sample-production"
  engine         = "postgres"
  engine_version = "15.14"
  instance_class = "db.t3.medium"

  allocated_storage     = 100
  max_allocated_storage = 500
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.data.arn

  db_name             = "sample"
  username            = "sample_admin"
  password_wo         = local.database_secret.password
  password_wo_version = aws_secretsmanager_secret_version.database.secret_string_wo_version

  port                   = 5432
  multi_az               = true
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  parameter_group_name       = aws_db_parameter_group.main.name
  ca_cert_identifier         = "rds-ca-rsa2048-g1"
  auto_minor_version_upgrade = true
  maintenance_window         = "mon:04:00-mon:05:00"

  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  performance_insights_kms_key_id       = aws_kms_key.data.arn
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.database_monitoring.arn
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  backup_retention_period   = 7
  backup_window             = "03:00-04:00"
  copy_tags_to_snapshot     = true
  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "sample-production-final"

  tags = {
    Name = "sample-production"
  }

  lifecycle {
    prevent_destroy = true
    # AWS upgrades minor versions, and takes no older one.
    ignore_changes = [engine_version]
  }

  depends_on = [aws_iam_role_policy_attachment.database_monitoring]
}

resource "aws_db_instance" "main_replica_1" {
  identifier          = "sample-production-replica-1"
  replicate_source_db = aws_db_instance.main.identifier
  instance_class      = "db.t3.medium"

  storage_encrypted = true

  multi_az               = false
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  parameter_group_name       = aws_db_parameter_group.main.name
  ca_cert_identifier         = "rds-ca-rsa2048-g1"
  auto_minor_version_upgrade = true

  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  performance_insights_kms_key_id       = aws_kms_key.data.arn
  monitoring_interval                   = 0

  copy_tags_to_snapshot = true
  deletion_protection   = true
  skip_final_snapshot   = true

  tags = {
    Name = "sample-production-replica-1"
  }
}

resource "aws_db_instance" "reports" {
  identifier     = "sample-production-reports"
  engine         = "postgres"
  engine_version = "15.14"
  instance_class = "db.t4g.micro"

  allocated_storage = 20
  storage_type      = "gp3"
  storage_encrypted = true

  db_name                       = "reports"
  username                      = "reports_admin"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.data.arn

  port                   = 5432
  multi_az               = false
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  parameter_group_name       = aws_db_parameter_group.main.name
  ca_cert_identifier         = "rds-ca-rsa2048-g1"
  auto_minor_version_upgrade = true

  performance_insights_enabled = false
  monitoring_interval          = 0

  backup_retention_period = 1
  copy_tags_to_snapshot   = true
  deletion_protection     = false
  skip_final_snapshot     = true

  lifecycle {
    # AWS upgrades minor versions, and takes no older one.
    ignore_changes = [engine_version]
  }
}
