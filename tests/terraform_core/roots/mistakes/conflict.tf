resource "aws_db_instance" "conflict" {
  instance_class              = "db.t3.medium"
  manage_master_user_password = true
  password_wo                 = "x" # wrong: "password_wo": conflicts with manage_master_user_password
  password_wo_version         = 1
}
