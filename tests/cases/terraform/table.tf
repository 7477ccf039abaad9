resource "aws_dynamodb_table" "counters" {
  name                        = "sample-production-counters"
  hash_key                    = "day"
  deletion_protection_enabled = false
  billing_mode                = "PAY_PER_REQUEST"

  attribute {
    name = "day"
    type = "N"
  }

  point_in_time_recovery {
    enabled = false
  }
}

resource "aws_dynamodb_table" "locks" {
  name                        = "sample-production-locks"
  hash_key                    = "LockID"
  deletion_protection_enabled = true
  billing_mode                = "PAY_PER_REQUEST"

  attribute {
    name = "LockID"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }

  point_in_time_recovery {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
}
