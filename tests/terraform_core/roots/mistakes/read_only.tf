resource "aws_vpc" "read_only" {
  cidr_block = "10.0.0.0/16"
  arn        = "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1" # wrong: Can't configure a value for "arn"
}
