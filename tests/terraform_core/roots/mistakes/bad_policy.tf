resource "aws_iam_role" "bad" {
  name               = "bad"
  assume_role_policy = "{" # wrong: "assume_role_policy" contains an invalid JSON
}
