resource "aws_budgets_budget" "monthly" {
  name         = "sample-production-monthly"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = "373.5"
  limit_unit   = "USD"
  metrics      = ["UnblendedCost"]

  filter_expression {
    and {
      tags {
        key           = "Project"
        values        = ["sample"]
        match_options = ["EQUALS"]
      }
    }

    and {
      tags {
        key           = "Environment"
        values        = ["production"]
        match_options = ["EQUALS"]
      }
    }
  }

  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["ops@example.com"]
    subscriber_sns_topic_arns  = [aws_sns_topic.alerts.arn]
  }

  notification {
    notification_type          = "FORECASTED"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["ops@example.com"]
  }
}
