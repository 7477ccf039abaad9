resource "aws_backup_restore_testing_plan" "main" {
  name                = "sample_production_backup"
  schedule_expression = "cron(0 8 ? * SUN *)"
  start_window_hours  = 12

  tags = {
    Name = "sample-production-backup"
  }

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.main.arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = 35
  }
}
