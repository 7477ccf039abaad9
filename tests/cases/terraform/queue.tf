resource "aws_sqs_queue" "emails" {
  name                       = "sample-production-emails"
  visibility_timeout_seconds = 90
  message_retention_seconds  = 345600
  delay_seconds              = 15
  receive_wait_time_seconds  = 20
  kms_master_key_id          = aws_kms_key.data.arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.emails_dead_letters.arn
    maxReceiveCount     = 25
  })
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })

  tags = {
    Name = "sample-production-emails"
  }
}

resource "aws_sqs_queue" "emails_dead_letters" {
  name                       = "sample-production-emails-dead-letters"
  visibility_timeout_seconds = 30
  message_retention_seconds  = 1209600
  delay_seconds              = 0
  receive_wait_time_seconds  = 0
  kms_master_key_id          = aws_kms_key.data.arn

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns = [
      "arn:${data.aws_partition.current.partition}:sqs:${var.region}:${data.aws_caller_identity.current.account_id}:sample-production-emails",
    ]
  })
}

resource "aws_sqs_queue" "jobs_not_started" {
  name                       = "sample-production-jobs-not-started"
  visibility_timeout_seconds = 30
  message_retention_seconds  = 1209600
  delay_seconds              = 0
  receive_wait_time_seconds  = 0
  sqs_managed_sse_enabled    = true

  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue" "orders" {
  name                        = "sample-production-orders.fifo"
  visibility_timeout_seconds  = 30
  message_retention_seconds   = 86400
  delay_seconds               = 0
  receive_wait_time_seconds   = 0
  fifo_queue                  = true
  content_based_deduplication = true
  sqs_managed_sse_enabled     = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.orders_dead_letters.arn
    maxReceiveCount     = 3
  })
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue" "orders_dead_letters" {
  name                       = "sample-production-orders-dead-letters.fifo"
  visibility_timeout_seconds = 30
  message_retention_seconds  = 1209600
  delay_seconds              = 0
  receive_wait_time_seconds  = 0
  fifo_queue                 = true
  sqs_managed_sse_enabled    = true

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns = [
      "arn:${data.aws_partition.current.partition}:sqs:${var.region}:${data.aws_caller_identity.current.account_id}:sample-production-orders.fifo",
    ]
  })
}
