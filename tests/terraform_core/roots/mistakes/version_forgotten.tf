resource "aws_secretsmanager_secret_version" "forgotten" {
  secret_id        = "main"
  secret_string_wo = "x" # wrong: all of `secret_string_wo,secret_string_wo_version` must be specified
}
