resource "aws_secretsmanager_secret_version" "kept" {
  secret_id     = "main"
  secret_string = ephemeral.aws_secretsmanager_random_password.main.random_password # wrong: Ephemeral values are not valid for "secret_string"
}
