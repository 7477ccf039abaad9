resource "aws_ssm_document" "promote" {
  name = "sample-production-promote"
  content = jsonencode({
    schemaVersion = "0.3"
    assumeRole    = aws_iam_role.promotion.arn
    mainSteps = [
      {
        name   = "Promote"
        action = "aws:executeAwsApi"
        isEnd  = true
        inputs = {
          Service              = "rds"
          Api                  = "PromoteReadReplica"
          DBInstanceIdentifier = aws_db_instance.main.identifier
        }
      },
    ]
  })
  document_type   = "Automation"
  document_format = "JSON"

  depends_on = [aws_iam_role_policy.promotion]
}
