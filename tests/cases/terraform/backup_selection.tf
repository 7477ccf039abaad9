resource "aws_backup_selection" "main" {
  name         = "sample-production-backup"
  iam_role_arn = aws_iam_role.backup.arn
  plan_id      = aws_backup_plan.main.id
  resources    = [aws_db_instance.main.arn, aws_s3_bucket.backups.arn]

  depends_on = [
    aws_iam_role_policy_attachment.backup,
    aws_iam_role_policy_attachment.backup_awsbackupservicerolepolicyforrestores,
  ]
}

resource "aws_backup_selection" "volumes" {
  name         = "sample-production-volumes"
  iam_role_arn = aws_iam_role.backup.arn
  plan_id      = aws_backup_plan.main.id
  resources    = ["arn:${data.aws_partition.current.partition}:ec2:*:*:volume/*"]

  condition {
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
