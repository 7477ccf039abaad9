# Written by Groundplan, which overwrites what is changed here.
# lantern production: who may do what on Google Cloud.

resource "google_secret_manager_secret_iam_member" "api_application_secret" {
  secret_id = google_secret_manager_secret.application.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.api.member
}

resource "google_cloud_run_v2_service_iam_member" "api_calls_processor" {
  count = var.google_services || var.google_active ? 1 : 0

  name     = one(google_cloud_run_v2_service.processor[*].name)
  location = var.google_region
  role     = "roles/run.invoker"
  member   = google_service_account.api.member
}

resource "google_artifact_registry_repository_iam_member" "api_images" {
  repository = google_artifact_registry_repository.api.repository_id
  location   = var.google_region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.pipeline.member
}

resource "google_pubsub_subscription_iam_member" "api_jobs_receive" {
  subscription = google_pubsub_subscription.jobs.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.api.member
}

resource "google_pubsub_topic_iam_member" "api_jobs_send" {
  topic  = google_pubsub_topic.jobs.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.api.member
}

resource "google_secret_manager_secret_iam_member" "api_main_url_secret" {
  secret_id = google_secret_manager_secret.main_url.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.api.member
}

resource "google_storage_bucket_iam_member" "api_media" {
  bucket = google_storage_bucket.media.name
  role   = "roles/storage.objectUser"
  member = google_service_account.api.member
}

resource "google_cloud_run_v2_service_iam_member" "api_public" {
  count = var.google_services || var.google_active ? 1 : 0

  name     = one(google_cloud_run_v2_service.api[*].name)
  location = var.google_region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_storage_bucket_iam_member" "backups_copy_reader" {
  bucket = google_storage_bucket.backups.name
  role   = "roles/storage.objectViewer"
  member = data.google_storage_transfer_project_service_account.storagetransfer.member
}

resource "google_storage_bucket_iam_member" "backups_copy_writer" {
  bucket = google_storage_bucket.backups.name
  role   = "roles/storage.legacyBucketWriter"
  member = data.google_storage_transfer_project_service_account.storagetransfer.member
}

resource "google_storage_bucket_iam_member" "main_import" {
  count = var.google_active ? 1 : 0

  bucket = google_storage_bucket.backups.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${one(google_sql_database_instance.main[*].service_account_email_address)}"
}

resource "google_storage_bucket_iam_member" "media_copy_reader" {
  bucket = google_storage_bucket.media.name
  role   = "roles/storage.objectViewer"
  member = data.google_storage_transfer_project_service_account.storagetransfer.member
}

resource "google_storage_bucket_iam_member" "media_copy_writer" {
  bucket = google_storage_bucket.media.name
  role   = "roles/storage.legacyBucketWriter"
  member = data.google_storage_transfer_project_service_account.storagetransfer.member
}

resource "google_service_account_iam_member" "pipeline" {
  service_account_id = google_service_account.pipeline.id
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.pipeline.name}/attribute.repository/example/lantern"
}

resource "google_artifact_registry_repository_iam_member" "processor_images" {
  repository = google_artifact_registry_repository.processor.repository_id
  location   = var.google_region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.pipeline.member
}

resource "google_pubsub_subscription_iam_member" "processor_jobs_receive" {
  subscription = google_pubsub_subscription.jobs.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.processor.member
}

resource "google_secret_manager_secret_iam_member" "processor_main_url_secret" {
  secret_id = google_secret_manager_secret.main_url.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.processor.member
}

resource "google_storage_bucket_iam_member" "processor_media" {
  bucket = google_storage_bucket.media.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.processor.member
}

resource "google_storage_bucket_iam_member" "reports_import" {
  count = var.google_active ? 1 : 0

  bucket = google_storage_bucket.backups.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${one(google_sql_database_instance.reports[*].service_account_email_address)}"
}

resource "google_pubsub_subscription_iam_member" "worker_jobs_receive" {
  subscription = google_pubsub_subscription.jobs.name
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_media" {
  bucket = google_storage_bucket.media.name
  role   = "roles/storage.objectCreator"
  member = google_service_account.worker.member
}

resource "google_secret_manager_secret_iam_member" "worker_reports_password_secret" {
  secret_id = google_secret_manager_secret.reports_password.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_scratch_volume" {
  bucket = google_storage_bucket.worker_scratch_volume.name
  role   = "roles/storage.objectUser"
  member = google_service_account.worker.member
}
