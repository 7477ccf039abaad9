# Written by Groundplan, which overwrites what is changed here.
# Sample production: what people and other systems want to know.

output "load_balancer_address" {
  description = "Address of the load balancer"
  value       = aws_lb.main.dns_name
}

output "api_url" {
  description = "Where the API answers"
  value       = "https://${aws_lb.main.dns_name}/v1"
}

output "database_address" {
  description = "Address of the database"
  value       = aws_db_instance.main.address
}
