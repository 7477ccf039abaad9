resource "aws_scheduler_schedule_group" "jobs" {
  name = "sample-production-jobs"

  tags = {
    Name = "sample-production-jobs"
  }
}

resource "aws_scheduler_schedule_group" "off_hours" {
  name = "sample-production-off-hours"
}
