resource "aws_ecs_capacity_provider" "leftovers" {
  name = "sample-production-leftovers"

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.leftovers.arn
    managed_termination_protection = "ENABLED"
    managed_draining               = "ENABLED"

    managed_scaling {
      status          = "ENABLED"
      target_capacity = 80
    }
  }
}

resource "aws_ecs_capacity_provider" "machines" {
  name = "sample-production-machines"

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.machines.arn
    managed_termination_protection = "ENABLED"
    managed_draining               = "ENABLED"

    managed_scaling {
      status          = "ENABLED"
      target_capacity = 80
    }
  }
}
