resource "aws_wafv2_web_acl_logging_configuration" "load_balancer" {
  resource_arn            = aws_wafv2_web_acl.load_balancer.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf_load_balancer.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
}
