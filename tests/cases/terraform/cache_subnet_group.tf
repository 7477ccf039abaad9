resource "aws_elasticache_subnet_group" "main" {
  name        = "sample-production"
  description = "Cache subnets"
  subnet_ids  = [aws_subnet.database_a.id, aws_subnet.database_b.id]
}
