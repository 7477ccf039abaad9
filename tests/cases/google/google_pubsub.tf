# Written by Groundplan, which overwrites what is changed here.
# lantern production: topics and subscriptions on Google Cloud.

resource "google_pubsub_topic" "jobs" {
  name = "production-jobs"

  depends_on = [google_project_service.pubsub]
}

resource "google_pubsub_subscription" "jobs" {
  name                         = "production-jobs"
  topic                        = google_pubsub_topic.jobs.id
  enable_message_ordering      = false
  enable_exactly_once_delivery = false
  ack_deadline_seconds         = 60
  message_retention_duration   = "345600s"

  expiration_policy {
    ttl = ""
  }
}
