resource "aws_fis_experiment_template" "zone_a" {
  description = "The zone ap-south-1a is gone for ten minutes"
  role_arn    = aws_iam_role.drills.arn

  tags = {
    Name = "sample-production-drill-zone-a"
  }

  action {
    name        = "StopInstances"
    action_id   = "aws:ec2:stop-instances"
    description = "Stops half of the instances in ap-south-1a"

    parameter {
      key   = "startInstancesAfterDuration"
      value = "PT10M"
    }

    parameter {
      key   = "completeIfInstancesTerminated"
      value = "true"
    }

    target {
      key   = "Instances"
      value = "Instances"
    }
  }

  action {
    name        = "InterruptCaches"
    action_id   = "aws:elasticache:replicationgroup-interrupt-az-power"
    description = "Takes the power from the cache nodes in ap-south-1a"

    parameter {
      key   = "duration"
      value = "PT10M"
    }

    target {
      key   = "ReplicationGroups"
      value = "Caches"
    }
  }

  target {
    name           = "Instances"
    resource_type  = "aws:ec2:instance"
    selection_mode = "PERCENT(50)"

    resource_tag {
      key   = "Project"
      value = "sample"
    }

    resource_tag {
      key   = "Environment"
      value = "production"
    }

    filter {
      path   = "Placement.AvailabilityZone"
      values = ["ap-south-1a"]
    }

    filter {
      path   = "State.Name"
      values = ["running"]
    }
  }

  target {
    name           = "Caches"
    resource_type  = "aws:elasticache:replicationgroup"
    selection_mode = "ALL"
    parameters = {
      availabilityZoneIdentifier = "ap-south-1a"
    }

    resource_tag {
      key   = "Project"
      value = "sample"
    }

    resource_tag {
      key   = "Environment"
      value = "production"
    }
  }

  stop_condition {
    source = "aws:cloudwatch:alarm"
    value  = aws_cloudwatch_metric_alarm.latency.arn
  }

  stop_condition {
    source = "aws:cloudwatch:alarm"
    value  = aws_cloudwatch_metric_alarm.errors.arn
  }

  experiment_options {
    account_targeting            = "single-account"
    empty_target_resolution_mode = "skip"
  }

  depends_on = [aws_iam_role_policy.drills]
}
