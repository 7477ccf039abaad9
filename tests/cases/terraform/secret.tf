resource "aws_secretsmanager_secret" "cache" {
  name                    = "sample/production/cache"
  description             = "AUTH token of the cache"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 30
}

ephemeral "aws_secretsmanager_random_password" "cache" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "cache" {
  secret_id                = aws_secretsmanager_secret.cache.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.cache.random_password
  secret_string_wo_version = lookup(var.secret_versions, "cache", 1)
}

ephemeral "aws_secretsmanager_secret_version" "cache" {
  secret_id = aws_secretsmanager_secret_version.cache.secret_arn
}

resource "aws_secretsmanager_secret" "database" {
  name                    = "sample/production/database"
  description             = "Master user of the database"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 30
}

ephemeral "aws_secretsmanager_random_password" "database" {
  password_length    = 32
  exclude_characters = "\"'@/\\:?#[]%&+=;,<>^`{|}~$()*! "
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret.database.id
  secret_string_wo = jsonencode({
    username = "sample_admin"
    password = ephemeral.aws_secretsmanager_random_password.database.random_password
  })
  secret_string_wo_version = lookup(var.secret_versions, "database", 1)
}

ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret_version.database.secret_arn
}

locals {
  database_secret = jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string)
}

resource "aws_secretsmanager_secret" "database_url" {
  name                    = "sample/production/database-url"
  description             = "How the api reaches the database"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "database_url" {
  secret_id                = aws_secretsmanager_secret.database_url.id
  secret_string_wo         = "postgresql://${local.database_secret.username}:${local.database_secret.password}@${aws_db_instance.main.address}:${aws_db_instance.main.port}/sample?sslmode=require"
  secret_string_wo_version = aws_secretsmanager_secret_version.database.secret_string_wo_version
}

resource "aws_secretsmanager_secret" "elsewhere" {
  region                  = "ap-southeast-1"
  name                    = "sample/production/elsewhere"
  description             = "Made of the copy"
  kms_key_id              = aws_kms_key.copies.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "elsewhere" {
  region                   = "ap-southeast-1"
  secret_id                = aws_secretsmanager_secret.elsewhere.id
  secret_string_wo         = "https://${ephemeral.aws_secretsmanager_secret_version.shared.secret_string}@example.com"
  secret_string_wo_version = aws_secretsmanager_secret_version.shared.secret_string_wo_version
}

resource "aws_secretsmanager_secret" "payment_key" {
  name                    = "sample/production/payment-key"
  description             = "Key of the payment provider; a person fills it in"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret" "shared" {
  name                    = "sample/production/shared"
  description             = "Known in two regions"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 30

  replica {
    region     = "ap-southeast-1"
    kms_key_id = aws_kms_key.copies.arn
  }
}

ephemeral "aws_secretsmanager_random_password" "shared" {
  password_length    = 32
  exclude_characters = "\"'@/\\:?#[]%&+=;,<>^`{|}~$()*! "
}

resource "aws_secretsmanager_secret_version" "shared" {
  secret_id                = aws_secretsmanager_secret.shared.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.shared.random_password
  secret_string_wo_version = lookup(var.secret_versions, "shared", 1)
}

ephemeral "aws_secretsmanager_secret_version" "shared" {
  secret_id = aws_secretsmanager_secret_version.shared.secret_arn
}
