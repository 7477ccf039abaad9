resource "aws_ce_anomaly_monitor" "main" {
  name         = "sample-production-anomalies"
  monitor_type = "CUSTOM"
  monitor_specification = jsonencode({
    Tags = {
      Key          = "Project"
      Values       = ["Sample"]
      MatchOptions = ["EQUALS"]
    }
  })

  tags = {
    Name = "sample-production-anomalies"
  }
}
