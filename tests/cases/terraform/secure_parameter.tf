resource "aws_ssm_parameter" "maps_key" {
  name             = "/sample/production/maps-key"
  description      = "Key of the maps; a person fills it in"
  type             = "SecureString"
  key_id           = aws_kms_key.data.arn
  value_wo         = "to be filled in by a person"
  value_wo_version = 1

  tags = {
    Name = "Sample-production-maps-key"
  }

  lifecycle {
    # The provider would send an empty value with these, which AWS refuses
    ignore_changes = [description, key_id]
  }
}

resource "aws_ssm_parameter" "session_key" {
  name             = "/sample/production/session-key"
  description      = "Signs the sessions"
  type             = "SecureString"
  key_id           = aws_kms_key.data.arn
  value_wo         = ephemeral.aws_secretsmanager_random_password.session_key.random_password
  value_wo_version = lookup(var.secret_versions, "session_key", 1)

  lifecycle {
    # The provider would send an empty value with these, which AWS refuses
    ignore_changes = [description]
  }
}

ephemeral "aws_secretsmanager_random_password" "session_key" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_ssm_parameter" "session_key_copy" {
  region           = "ap-southeast-1"
  name             = "/sample/production-standby/session-key"
  description      = "Signs the sessions in the standby"
  type             = "SecureString"
  key_id           = aws_kms_key.copies.arn
  value_wo         = ephemeral.aws_ssm_parameter.session_key_copy.value
  value_wo_version = aws_ssm_parameter.session_key.value_wo_version

  lifecycle {
    # The provider would send an empty value with these, which AWS refuses
    ignore_changes = [description]
  }
}

ephemeral "aws_ssm_parameter" "session_key_copy" {
  arn = aws_ssm_parameter.session_key.arn
}
