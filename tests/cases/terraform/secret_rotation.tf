resource "aws_secretsmanager_secret_rotation" "reports" {
  secret_id          = aws_db_instance.reports.master_user_secret[0].secret_arn
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = 30
  }
}
