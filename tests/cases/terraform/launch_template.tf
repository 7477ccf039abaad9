resource "aws_launch_template" "machines" {
  name                   = "sample-production-machines"
  image_id               = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
  instance_type          = "t3.small"
  vpc_security_group_ids = [aws_security_group.api.id]
  update_default_version = true
  user_data = base64encode(<<-EOT
    #!/bin/bash
    echo ECS_CLUSTER=${aws_ecs_cluster.main.name} >> /etc/ecs/ecs.config
  EOT
  )

  tags = {
    Name = "machines"
  }

  iam_instance_profile {
    arn = aws_iam_instance_profile.instances.arn
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size           = 30
      volume_type           = "gp3"
      encrypted             = true
      delete_on_termination = true
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      Project     = "sample"
      Environment = "production"
      ManagedBy   = "groundplan"
      Name        = "machines"
    }
  }
}
