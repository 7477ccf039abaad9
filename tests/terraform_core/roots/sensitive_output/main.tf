variable "password" {
  type = string
}

resource "aws_db_instance" "main" {
  instance_class = "db.t3.medium"
  password       = var.password
}

output "password" {
  value = aws_db_instance.main.password
}
