resource "aws_cloudwatch_metric_alarm" "api_cpu" {
  alarm_name        = "sample-production-api-cpu"
  alarm_description = "The api service is short of CPU"
  namespace         = "AWS/ECS"
  metric_name       = "CPUUtilization"
  dimensions = {
    ClusterName = "sample-production"
    ServiceName = aws_ecs_service.api.name
  }
  statistic           = "Average"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 85
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "api_scale_out" {
  alarm_name        = "sample-production-api-scale-out"
  alarm_description = "One task more"
  namespace         = "AWS/ECS"
  metric_name       = "CPUUtilization"
  dimensions = {
    ClusterName = aws_ecs_cluster.main.name
    ServiceName = aws_ecs_service.api.name
  }
  statistic           = "Average"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 70
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.api_out.arn]
}

resource "aws_cloudwatch_metric_alarm" "cart" {
  alarm_name        = "sample-production-cart"
  alarm_description = "cart is in trouble"
  namespace         = "AWS/ECS"
  metric_name       = "CPUUtilization"
  dimensions = {
    ServiceName = aws_ecs_service.cart.name
  }
  statistic           = "Average"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "cart_rollback" {
  alarm_name          = "sample-production-cart-rollback"
  alarm_description   = "cart-rollback is in trouble"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "missing"

  metric_query {
    id          = "result"
    expression  = "FILL(blue, 0) + FILL(green, 0)"
    label       = "Errors"
    return_data = true
  }

  metric_query {
    id = "blue"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions = {
        LoadBalancer = aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.cart_blue.arn_suffix
      }
      stat   = "Sum"
      period = 60
    }
  }

  metric_query {
    id = "green"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions = {
        LoadBalancer = aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.cart_green.arn_suffix
      }
      stat   = "Sum"
      period = 60
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "sample-production-errors"
  alarm_description   = "Share of failed requests"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "result"
    expression  = "100 * errors / requests"
    label       = "Error rate"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions = {
        LoadBalancer = aws_lb.main.arn_suffix
      }
      stat   = "Sum"
      period = 300
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      dimensions = {
        LoadBalancer = aws_lb.main.arn_suffix
      }
      stat   = "Sum"
      period = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name        = "sample-production-latency"
  alarm_description = "Slow answers"
  namespace         = "AWS/ApplicationELB"
  metric_name       = "TargetResponseTime"
  dimensions = {
    LoadBalancer = aws_lb.main.arn_suffix
    TargetGroup  = aws_lb_target_group.api.arn_suffix
  }
  extended_statistic  = "p95"
  period              = 300
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 0.5
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  lifecycle {
    # Schedules switch them off while what the alarm watches is stopped.
    ignore_changes = [actions_enabled]
  }
}

resource "aws_cloudwatch_metric_alarm" "shop" {
  alarm_name        = "sample-production-shop"
  alarm_description = "shop is in trouble"
  namespace         = "AWS/ECS"
  metric_name       = "CPUUtilization"
  dimensions = {
    ServiceName = aws_ecs_service.shop.name
  }
  statistic           = "Average"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "shop_rollback" {
  alarm_name          = "sample-production-shop-rollback"
  alarm_description   = "shop-rollback is in trouble"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  treat_missing_data  = "missing"

  metric_query {
    id          = "result"
    expression  = "FILL(blue, 0) + FILL(green, 0)"
    label       = "Errors"
    return_data = true
  }

  metric_query {
    id = "blue"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions = {
        LoadBalancer = aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.shop_blue.arn_suffix
      }
      stat   = "Sum"
      period = 60
    }
  }

  metric_query {
    id = "green"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions = {
        LoadBalancer = aws_lb.main.arn_suffix
        TargetGroup  = aws_lb_target_group.shop_green.arn_suffix
      }
      stat   = "Sum"
      period = 60
    }
  }
}
