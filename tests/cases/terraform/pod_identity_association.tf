resource "aws_eks_pod_identity_association" "reader" {
  cluster_name    = aws_eks_cluster.pods.name
  namespace       = "sample"
  service_account = "reader"
  role_arn        = aws_iam_role.reader.arn

  tags = {
    Name = "reader"
  }
}
