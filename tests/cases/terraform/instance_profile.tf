resource "aws_iam_instance_profile" "instances" {
  name = "sample-production-instances"
  role = aws_iam_role.instances.name
}
