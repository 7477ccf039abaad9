# Written by Groundplan, which overwrites what is changed here.
# lantern production: APIs, service accounts and workload identity federation on Google Cloud.

resource "google_project_service" "artifactregistry" {
  service            = "artifactregistry.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "certificatemanager" {
  service            = "certificatemanager.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "compute" {
  service            = "compute.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "dns" {
  service            = "dns.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "iam" {
  service            = "iam.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "iamcredentials" {
  service            = "iamcredentials.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "pubsub" {
  service            = "pubsub.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "redis" {
  service            = "redis.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "run" {
  service            = "run.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "secretmanager" {
  service            = "secretmanager.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "servicenetworking" {
  service            = "servicenetworking.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "sqladmin" {
  service            = "sqladmin.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "storagetransfer" {
  service            = "storagetransfer.googleapis.com"
  disable_on_destroy = false
}

data "google_storage_transfer_project_service_account" "storagetransfer" {
  depends_on = [google_project_service.storagetransfer]
}

resource "google_project_service" "sts" {
  service            = "sts.googleapis.com"
  disable_on_destroy = false
}

resource "google_service_account" "api" {
  account_id   = "production-api"
  display_name = "lantern api"

  depends_on = [google_project_service.iam]
}

resource "google_service_account" "pipeline" {
  account_id   = "production-pipeline"
  display_name = "Pushes images: example/lantern"

  depends_on = [google_project_service.iam]
}

resource "google_service_account" "processor" {
  account_id   = "production-processor"
  display_name = "lantern processor"

  depends_on = [google_project_service.iam]
}

resource "google_service_account" "worker" {
  account_id   = "production-worker"
  display_name = "lantern worker"

  depends_on = [google_project_service.iam]
}

resource "google_iam_workload_identity_pool" "pipeline" {
  workload_identity_pool_id = "production-pipeline"
  description               = "lantern production: who pushes images"

  depends_on = [
    google_project_service.iam,
    google_project_service.iamcredentials,
    google_project_service.sts,
  ]
}

resource "google_iam_workload_identity_pool_provider" "pipeline" {
  workload_identity_pool_provider_id = "production-pipeline"
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }
  attribute_condition       = "assertion.repository == \"example/lantern\""
  workload_identity_pool_id = google_iam_workload_identity_pool.pipeline.workload_identity_pool_id

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
