resource "aws_ecs_service" "api" {
  name            = "sample-production-api"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 3
  launch_type     = "FARGATE"

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  availability_zone_rebalancing      = "ENABLED"

  enable_execute_command = true
  propagate_tags         = "SERVICE"

  network_configuration {
    subnets          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_groups  = [aws_security_group.api.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 3000
  }

  service_connect_configuration {
    enabled   = true
    namespace = aws_service_discovery_http_namespace.main.arn

    service {
      port_name      = "http"
      discovery_name = "api"

      client_alias {
        port     = 3000
        dns_name = "api"
      }
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    ignore_changes = [desired_count, task_definition]
  }

  depends_on = [
    aws_lb_listener.https,
    aws_iam_role_policy.api_execution,
    aws_iam_role_policy.api,
    aws_secretsmanager_secret_version.database_url,
    aws_secretsmanager_secret_version.database,
    aws_route_table_association.private_a,
    aws_route.private_a,
    aws_route_table_association.private_b,
    aws_route.private_b,
  ]
}

resource "aws_ecs_service" "cart" {
  name            = "sample-production-cart"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.machines.arn
  desired_count   = 2

  health_check_grace_period_seconds = 60
  availability_zone_rebalancing     = "ENABLED"

  enable_execute_command = false
  propagate_tags         = "SERVICE"

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.machines.name
    base              = 12
    weight            = 11
  }

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.leftovers.name
    base              = 0
    weight            = 13
  }

  network_configuration {
    subnets          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_groups  = [aws_security_group.api.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.cart_blue.arn
    container_name   = "web"
    container_port   = 8080

    advanced_configuration {
      alternate_target_group_arn = aws_lb_target_group.cart_green.arn
      production_listener_rule   = aws_lb_listener_rule.cart.arn
      role_arn                   = aws_iam_role.shift.arn
    }
  }

  deployment_configuration {
    strategy             = "LINEAR"
    bake_time_in_minutes = "25"

    linear_configuration {
      step_percent              = 12.5
      step_bake_time_in_minutes = "15"
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    enable      = true
    rollback    = true
    alarm_names = [aws_cloudwatch_metric_alarm.cart_rollback.alarm_name]
  }

  lifecycle {
    ignore_changes = [desired_count, task_definition]
  }

  depends_on = [
    aws_lb_listener.https,
    aws_ecs_cluster_capacity_providers.main,
    aws_iam_role_policy.api_execution,
    aws_iam_role_policy.api,
    aws_route_table_association.private_a,
    aws_route.private_a,
    aws_route_table_association.private_b,
    aws_route.private_b,
    aws_iam_role_policy_attachment.shift,
  ]
}

resource "aws_ecs_service" "shop" {
  name            = "sample-production-shop"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.machines.arn
  desired_count   = 2

  health_check_grace_period_seconds = 60
  availability_zone_rebalancing     = "ENABLED"

  enable_execute_command = false
  propagate_tags         = "SERVICE"

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.machines.name
    base              = 12
    weight            = 11
  }

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.leftovers.name
    base              = 0
    weight            = 13
  }

  network_configuration {
    subnets          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_groups  = [aws_security_group.api.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.shop_blue.arn
    container_name   = "web"
    container_port   = 8080

    advanced_configuration {
      alternate_target_group_arn = aws_lb_target_group.shop_green.arn
      production_listener_rule   = aws_lb_listener_rule.shop.arn
      role_arn                   = aws_iam_role.shift.arn
    }
  }

  deployment_configuration {
    strategy             = "CANARY"
    bake_time_in_minutes = "25"

    canary_configuration {
      canary_percent              = 37.5
      canary_bake_time_in_minutes = "15"
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    enable      = true
    rollback    = true
    alarm_names = [aws_cloudwatch_metric_alarm.shop_rollback.alarm_name]
  }

  lifecycle {
    ignore_changes = [desired_count, task_definition]
  }

  depends_on = [
    aws_lb_listener.https,
    aws_ecs_cluster_capacity_providers.main,
    aws_iam_role_policy.api_execution,
    aws_iam_role_policy.api,
    aws_route_table_association.private_a,
    aws_route.private_a,
    aws_route_table_association.private_b,
    aws_route.private_b,
    aws_iam_role_policy_attachment.shift,
  ]
}

resource "aws_ecs_service" "worker" {
  name            = "sample-production-worker"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.worker.arn
  desired_count   = 1

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"

  enable_execute_command = false
  propagate_tags         = "SERVICE"

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    base              = 0
    weight            = 3
  }

  network_configuration {
    subnets          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
    security_groups  = [aws_security_group.api.id]
    assign_public_ip = false
  }

  service_connect_configuration {
    enabled   = true
    namespace = aws_service_discovery_http_namespace.main.arn
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    ignore_changes = [desired_count, task_definition]
  }

  depends_on = [
    aws_ecs_cluster_capacity_providers.main,
    aws_iam_role_policy.api_execution,
    aws_iam_role_policy.api,
    aws_route_table_association.private_a,
    aws_route.private_a,
    aws_route_table_association.private_b,
    aws_route.private_b,
  ]
}
