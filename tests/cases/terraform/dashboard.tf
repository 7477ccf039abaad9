resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "sample-production"
  dashboard_body = jsonencode({
    widgets = [
      {
        type   = "metric"
        x      = 0
        y      = 0
        width  = 12
        height = 6
        properties = {
          title  = "API CPU"
          region = var.region
          stat   = "Average"
          period = 60
          metrics = [
            [
              "AWS/ECS",
              "CPUUtilization",
              "ClusterName",
              "sample-production",
              "ServiceName",
              aws_ecs_service.api.name,
            ],
          ]
          view    = "timeSeries"
          stacked = false
        }
      },
      {
        type   = "text"
        x      = 12
        y      = 0
        width  = 12
        height = 6
        properties = {
          markdown = "Sample \"production\" $${literal}"
        }
      },
    ]
  })
}
