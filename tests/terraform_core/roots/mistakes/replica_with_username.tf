resource "aws_db_instance" "replica" {
  instance_class      = "db.t3.medium"
  replicate_source_db = "main" # wrong: "replicate_source_db": conflicts with username
  username            = "administrator"
}
