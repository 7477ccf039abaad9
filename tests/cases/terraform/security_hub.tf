resource "aws_securityhub_account" "copies" {
  region                    = "ap-southeast-1"
  auto_enable_controls      = false
  control_finding_generator = "STANDARD_CONTROL"
  enable_default_standards  = false
}

resource "aws_securityhub_account" "main" {
  auto_enable_controls      = true
  control_finding_generator = "SECURITY_CONTROL"
  enable_default_standards  = false
}
