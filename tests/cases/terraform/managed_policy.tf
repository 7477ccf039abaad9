resource "aws_iam_policy" "boundary" {
  name        = "sample-boundary"
  description = "What roles of sample may do at most"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Objects"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "*"
      },
    ]
  })
}
