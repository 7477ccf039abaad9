resource "aws_lb" "missing_in_block" {
  access_logs { # wrong: The argument "bucket" is required, but no definition was found.
    enabled = true
  }
}
