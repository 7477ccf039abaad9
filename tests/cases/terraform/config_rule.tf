resource "aws_config_config_rule" "access_keys_rotated" {
  name = "sample-production-access-keys-rotated"
  input_parameters = jsonencode({
    maxAccessKeyAge = "90"
  })

  source {
    owner             = "AWS"
    source_identifier = "ACCESS_KEYS_ROTATED"
  }

  depends_on = [
    aws_config_configuration_recorder.main,
    aws_config_configuration_recorder_status.main,
  ]
}

resource "aws_config_config_rule" "rds_storage_encrypted" {
  name = "sample-production-rds-storage-encrypted"

  source {
    owner             = "AWS"
    source_identifier = "RDS_STORAGE_ENCRYPTED"
  }

  depends_on = [
    aws_config_configuration_recorder.main,
    aws_config_configuration_recorder_status.main,
  ]
}
