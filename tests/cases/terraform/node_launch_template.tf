resource "aws_launch_template" "nodes" {
  name                   = "sample-production-nodes"
  vpc_security_group_ids = [aws_security_group.pods.id]
  update_default_version = true

  tags = {
    Name = "node"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size           = 50
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

  tag_specifications {
    resource_type = "instance"
    tags = {
      Project     = "sample"
      Environment = "production"
      ManagedBy   = "groundplan"
      Name        = "node"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      Project     = "sample"
      Environment = "production"
      ManagedBy   = "groundplan"
      Name        = "node"
    }
  }
}
