resource "aws_db_subnet_group" "main" {
  name        = "sample-production"
  description = "Database subnets"
  subnet_ids  = [aws_subnet.database_a.id, aws_subnet.database_b.id]
}
