resource "aws_backup_vault" "copies" {
  region        = "ap-southeast-1"
  name          = "sample-production-copies"
  kms_key_arn   = aws_kms_key.copies.arn
  force_destroy = true
}

resource "aws_backup_vault_lock_configuration" "copies" {
  region             = "ap-southeast-1"
  backup_vault_name  = aws_backup_vault.copies.name
  min_retention_days = 35
}

resource "aws_backup_vault" "main" {
  name          = "sample-production-backup"
  kms_key_arn   = aws_kms_key.data.arn
  force_destroy = false

  tags = {
    Name = "sample-production-backup"
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 35
  max_retention_days = 70
}
