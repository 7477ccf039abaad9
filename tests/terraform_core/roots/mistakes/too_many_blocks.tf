resource "aws_lb" "twice" {
  access_logs {
    bucket = "a"
  }
  access_logs { # wrong: No more than 1 "access_logs" blocks are allowed
    bucket = "b"
  }
}
