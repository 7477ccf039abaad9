resource "aws_eks_access_entry" "admin" {
  cluster_name  = aws_eks_cluster.pods.name
  principal_arn = "arn:aws:iam::210987654321:role/admin"

  tags = {
    Name = "admin"
  }
}

resource "aws_eks_access_policy_association" "admin" {
  cluster_name  = aws_eks_access_entry.admin.cluster_name
  principal_arn = aws_eks_access_entry.admin.principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_access_entry" "viewer" {
  cluster_name      = aws_eks_cluster.pods.name
  principal_arn     = "arn:aws:iam::210987654321:role/viewer"
  kubernetes_groups = ["sample:viewers"]

  tags = {
    Name = "viewer"
  }
}

resource "aws_eks_access_policy_association" "viewer" {
  cluster_name  = aws_eks_access_entry.viewer.cluster_name
  principal_arn = aws_eks_access_entry.viewer.principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"

  access_scope {
    type       = "namespace"
    namespaces = ["sample"]
  }
}
