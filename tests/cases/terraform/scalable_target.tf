resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"
  min_capacity       = 3
  max_capacity       = 20

  lifecycle {
    # The scheduled actions set them.
    ignore_changes = [min_capacity, max_capacity]
  }
}

resource "aws_appautoscaling_scheduled_action" "api_night" {
  name               = "night"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id
  schedule           = "cron(0 20 * * ? *)"
  timezone           = "Asia/Kolkata"

  scalable_target_action {
    min_capacity = 1
    max_capacity = 4
  }

  lifecycle {
    # `groundplan schedule pause` moves it.
    ignore_changes = [start_time]
  }
}

resource "aws_appautoscaling_scheduled_action" "api_day" {
  name               = "day"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id
  schedule           = "cron(0 7 ? * MON,TUE,WED,THU,FRI *)"
  timezone           = "Asia/Kolkata"

  scalable_target_action {
    min_capacity = 3
    max_capacity = 20
  }

  lifecycle {
    # `groundplan schedule pause` moves it.
    ignore_changes = [start_time]
  }
}
