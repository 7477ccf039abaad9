resource "aws_db_parameter_group" "main" {
  name        = "sample-production-postgres15"
  family      = "postgres15"
  description = "PostgreSQL 15"

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_cron"
    apply_method = "pending-reboot"
  }

  lifecycle {
    create_before_destroy = true
  }
}
