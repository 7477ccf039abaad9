resource "aws_eks_node_group" "batch" {
  cluster_name    = aws_eks_cluster.pods.name
  node_group_name = "sample-production-batch"
  version         = "1.35"
  capacity_type   = "SPOT"
  ami_type        = "AL2023_x86_64_STANDARD"
  labels = {
    node-group = "batch"
  }
  node_role_arn  = aws_iam_role.nodes.arn
  subnet_ids     = [aws_subnet.private_a.id, aws_subnet.private_b.id]
  instance_types = ["c5.large", "c5.xlarge"]

  tags = {
    Name = "batch"
  }

  launch_template {
    id      = aws_launch_template.nodes.id
    version = tostring(aws_launch_template.nodes.latest_version)
  }

  scaling_config {
    min_size     = 10
    max_size     = 30
    desired_size = 20
  }

  update_config {
    max_unavailable_percentage = 33
  }

  node_repair_config {
    enabled = true
  }

  taint {
    key    = "dedicated"
    value  = "batch"
    effect = "NO_SCHEDULE"
  }

  taint {
    key    = "spot"
    effect = "PREFER_NO_SCHEDULE"
  }

  lifecycle {
    # The Cluster Autoscaler, or a person, changes the number of nodes.
    ignore_changes = [scaling_config[0].desired_size, scaling_config[0].min_size]
  }

  depends_on = [
    aws_eks_addon.vpc_cni,
    aws_iam_role_policy_attachment.nodes,
    aws_iam_role_policy_attachment.nodes_amazonec2containerregistrypullonly,
    aws_iam_role_policy_attachment.nodes_amazonssmmanagedinstancecore,
    aws_route_table_association.private_a,
    aws_route.private_a,
    aws_route_table_association.private_b,
    aws_route.private_b,
  ]
}

resource "aws_eks_node_group" "general" {
  cluster_name    = aws_eks_cluster.pods.name
  node_group_name = "sample-production-general"
  version         = "1.35"
  capacity_type   = "ON_DEMAND"
  ami_type        = "AL2023_x86_64_STANDARD"
  labels = {
    node-group = "general"
  }
  node_role_arn  = aws_iam_role.nodes.arn
  subnet_ids     = [aws_subnet.private_a.id, aws_subnet.private_b.id]
  instance_types = ["t3.large"]

  tags = {
    Name = "general"
  }

  launch_template {
    id      = aws_launch_template.nodes.id
    version = tostring(aws_launch_template.nodes.latest_version)
  }

  scaling_config {
    min_size     = 10
    max_size     = 30
    desired_size = 20
  }

  update_config {
    max_unavailable_percentage = 33
  }

  node_repair_config {
    enabled = true
  }

  lifecycle {
    # The Cluster Autoscaler, or a person, changes the number of nodes.
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [
    aws_eks_addon.vpc_cni,
    aws_iam_role_policy_attachment.nodes,
    aws_iam_role_policy_attachment.nodes_amazonec2containerregistrypullonly,
    aws_iam_role_policy_attachment.nodes_amazonssmmanagedinstancecore,
    aws_route_table_association.private_a,
    aws_route.private_a,
    aws_route_table_association.private_b,
    aws_route.private_b,
  ]
}
