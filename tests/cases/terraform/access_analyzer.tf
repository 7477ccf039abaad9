resource "aws_accessanalyzer_analyzer" "main" {
  analyzer_name = "sample-production-analyzer"
  type          = "ACCOUNT"

  tags = {
    Name = "sample"
  }
}
