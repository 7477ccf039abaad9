resource "aws_ce_cost_allocation_tag" "project" {
  count   = var.activate_cost_tags ? 1 : 0
  tag_key = "Project"
  status  = "Active"
}
