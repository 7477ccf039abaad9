resource "aws_autoscaling_group" "leftovers" {
  name                  = "sample-production-leftovers"
  vpc_zone_identifier   = [aws_subnet.private_a.id, aws_subnet.private_b.id]
  min_size              = 10
  max_size              = 40
  protect_from_scale_in = true
  capacity_rebalance    = true
  enabled_metrics = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
  ]
  force_delete = true

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.machines.id
        version            = aws_launch_template.machines.latest_version
      }
    }

    instances_distribution {
      on_demand_base_capacity                  = 0
      on_demand_percentage_above_base_capacity = 0
      spot_allocation_strategy                 = "price-capacity-optimized"
    }
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage       = 100
      max_healthy_percentage       = 200
      scale_in_protected_instances = "Refresh"
    }
  }

  tag {
    key                 = "Project"
    value               = "sample"
    propagate_at_launch = true
  }

  tag {
    key                 = "Environment"
    value               = "production"
    propagate_at_launch = true
  }

  tag {
    key                 = "ManagedBy"
    value               = "groundplan"
    propagate_at_launch = true
  }

  tag {
    key                 = "Name"
    value               = "leftovers"
    propagate_at_launch = true
  }

  lifecycle {
    # Schedules change it.
    ignore_changes = [min_size]
  }

  depends_on = [
    aws_iam_role_policy_attachment.instances,
    aws_iam_role_policy_attachment.instances_amazonssmmanagedinstancecore,
  ]
}

resource "aws_autoscaling_group" "machines" {
  name                  = "sample-production-machines"
  vpc_zone_identifier   = [aws_subnet.private_a.id, aws_subnet.private_b.id]
  min_size              = 10
  max_size              = 40
  protect_from_scale_in = true
  enabled_metrics = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
  ]
  force_delete = true

  launch_template {
    id      = aws_launch_template.machines.id
    version = aws_launch_template.machines.latest_version
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage       = 100
      max_healthy_percentage       = 200
      scale_in_protected_instances = "Refresh"
    }
  }

  tag {
    key                 = "Project"
    value               = "sample"
    propagate_at_launch = true
  }

  tag {
    key                 = "Environment"
    value               = "production"
    propagate_at_launch = true
  }

  tag {
    key                 = "ManagedBy"
    value               = "groundplan"
    propagate_at_launch = true
  }

  tag {
    key                 = "Name"
    value               = "machines"
    propagate_at_launch = true
  }

  depends_on = [
    aws_iam_role_policy_attachment.instances,
    aws_iam_role_policy_attachment.instances_amazonssmmanagedinstancecore,
  ]
}
