resource "aws_backup_restore_testing_selection" "databases" {
  name                    = "sample_production_databases"
  protected_resource_type = "RDS"
  protected_resource_arns = [aws_db_instance.main.arn]
  restore_metadata_overrides = {
    dbSubnetGroupName = "sample-production-main"
  }
  validation_window_hours   = 2
  restore_testing_plan_name = aws_backup_restore_testing_plan.main.name
  iam_role_arn              = aws_iam_role.backup.arn

  depends_on = [
    aws_iam_role_policy_attachment.backup,
    aws_iam_role_policy_attachment.backup_awsbackupservicerolepolicyforrestores,
  ]
}

resource "aws_backup_restore_testing_selection" "volumes" {
  name                      = "sample_production_volumes"
  protected_resource_type   = "EBS"
  protected_resource_arns   = ["*"]
  validation_window_hours   = 1
  restore_testing_plan_name = aws_backup_restore_testing_plan.main.name
  iam_role_arn              = aws_iam_role.backup.arn

  protected_resource_conditions {
    string_equals {
      key   = "aws:ResourceTag/Project"
      value = "sample"
    }

    string_equals {
      key   = "aws:ResourceTag/Environment"
      value = "production"
    }
  }

  depends_on = [
    aws_iam_role_policy_attachment.backup,
    aws_iam_role_policy_attachment.backup_awsbackupservicerolepolicyforrestores,
  ]
}
