# Written by Groundplan, which overwrites what is changed here.
# lantern production: services and worker pools on Google Cloud.

resource "google_cloud_run_v2_service" "api" {
  count = var.google_services || var.google_active ? 1 : 0

  name                = "production-api"
  location            = var.google_region
  ingress             = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  deletion_protection = false

  template {
    service_account       = google_service_account.api.email
    execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
    health_check_disabled = !var.google_active

    scaling {
      min_instance_count = var.google_active ? 1 : 0
      max_instance_count = 4
    }

    containers {
      image = "${google_artifact_registry_repository.api.registry_uri}/api:${var.google_api_image_tag}"

      resources {
        limits = {
          cpu    = "1"
          memory = "1024Mi"
        }
        cpu_idle = false
      }

      env {
        name  = "MEDIA_BUCKET"
        value = google_storage_bucket.media.name
      }

      env {
        name  = "JOBS_TOPIC"
        value = google_pubsub_topic.jobs.id
      }

      env {
        name  = "JOBS_SUBSCRIPTION"
        value = google_pubsub_subscription.jobs.id
      }

      env {
        name  = "PROCESSOR_URL"
        value = one(google_cloud_run_v2_service.processor[*].uri)
      }

      env {
        name  = "REGION"
        value = var.google_region
      }

      env {
        name  = "STAGE"
        value = "production"
      }

      env {
        name  = "HOME_URL"
        value = "https://${google_compute_global_address.main.address}/"
      }

      dynamic "env" {
        for_each = var.google_active ? [true] : []

        content {
          name  = "REDIS_URL"
          value = "rediss://${one(google_redis_instance.sessions[*].host)}:6378/0"
        }
      }

      dynamic "env" {
        for_each = var.google_active ? [true] : []

        content {
          name  = "REDIS_CA_CERTIFICATE"
          value = one(google_redis_instance.sessions[*].server_ca_certs[0].cert)
        }
      }

      env {
        name = "SECRET_KEY"

        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.application.secret_id
            version = "latest"
          }
        }
      }

      dynamic "env" {
        for_each = var.google_active ? [true] : []

        content {
          name = "DATABASE_URL"

          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.main_url.secret_id
              version = "latest"
            }
          }
        }
      }

      ports {
        container_port = 8000
      }

      startup_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 5

        http_get {
          path = "/health"
        }
      }

      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 3

        http_get {
          path = "/health"
        }
      }
    }

    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"

      network_interfaces {
        network    = google_compute_network.main.id
        subnetwork = google_compute_subnetwork.services.id
      }
    }
  }

  depends_on = [
    google_project_service.run,
    google_storage_bucket_iam_member.api_media,
    google_pubsub_topic_iam_member.api_jobs_send,
    google_pubsub_subscription_iam_member.api_jobs_receive,
    google_secret_manager_secret_iam_member.api_application_secret,
    google_secret_manager_secret_iam_member.api_main_url_secret,
    google_secret_manager_secret_version.main_url,
  ]
}

resource "google_cloud_run_v2_service" "processor" {
  count = var.google_services || var.google_active ? 1 : 0

  name                = "production-processor"
  location            = var.google_region
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = false

  template {
    service_account       = google_service_account.processor.email
    execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
    health_check_disabled = !var.google_active

    scaling {
      min_instance_count = var.google_active ? 1 : 0
      max_instance_count = 4
    }

    containers {
      image = "${google_artifact_registry_repository.processor.registry_uri}/processor:${var.google_processor_image_tag}"

      resources {
        limits = {
          cpu    = "1"
          memory = "4096Mi"
        }
        cpu_idle = false
      }

      env {
        name  = "JOBS_SUBSCRIPTION"
        value = google_pubsub_subscription.jobs.id
      }

      env {
        name  = "MEDIA_BUCKET"
        value = google_storage_bucket.media.name
      }

      dynamic "env" {
        for_each = var.google_active ? [true] : []

        content {
          name = "DATABASE_URL"

          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.main_url.secret_id
              version = "latest"
            }
          }
        }
      }

      ports {
        container_port = 8080
      }

      startup_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 5

        http_get {
          path = "/health"
        }
      }

      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 3

        http_get {
          path = "/health"
        }
      }
    }

    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"

      network_interfaces {
        network    = google_compute_network.main.id
        subnetwork = google_compute_subnetwork.services.id
      }
    }
  }

  depends_on = [
    google_project_service.run,
    google_pubsub_subscription_iam_member.processor_jobs_receive,
    google_storage_bucket_iam_member.processor_media,
    google_secret_manager_secret_iam_member.processor_main_url_secret,
    google_secret_manager_secret_version.main_url,
  ]
}

resource "google_cloud_run_v2_worker_pool" "worker" {
  count = var.google_services || var.google_active ? 1 : 0

  name                = "production-worker"
  location            = var.google_region
  deletion_protection = false

  scaling {
    scaling_mode          = "MANUAL"
    manual_instance_count = var.google_active ? 2 : 0
  }

  template {
    service_account = google_service_account.worker.email

    containers {
      image = "${google_artifact_registry_repository.processor.registry_uri}/processor:${var.google_worker_image_tag}"
      args  = ["work"]

      resources {
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
      }

      env {
        name  = "JOBS_SUBSCRIPTION"
        value = google_pubsub_subscription.jobs.id
      }

      env {
        name  = "REPORTS_PORT"
        value = "5432"
      }

      env {
        name  = "REPORTS_NAME"
        value = "lantern"
      }

      env {
        name  = "REPORTS_USERNAME"
        value = var.reports_db_username
      }

      env {
        name  = "MEDIA_BUCKET"
        value = google_storage_bucket.media.name
      }

      dynamic "env" {
        for_each = var.google_active ? [true] : []

        content {
          name  = "REPORTS_HOST"
          value = one(google_sql_database_instance.reports[*].private_ip_address)
        }
      }

      env {
        name = "REPORTS_PASSWORD"

        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.reports_password.secret_id
            version = "latest"
          }
        }
      }

      volume_mounts {
        name       = "scratch"
        mount_path = "/var/scratch"
      }
    }

    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"

      network_interfaces {
        network    = google_compute_network.main.id
        subnetwork = google_compute_subnetwork.services.id
      }
    }

    volumes {
      name = "scratch"

      gcs {
        bucket    = google_storage_bucket.worker_scratch_volume.name
        read_only = false
      }
    }
  }

  depends_on = [
    google_project_service.run,
    google_pubsub_subscription_iam_member.worker_jobs_receive,
    google_storage_bucket_iam_member.worker_media,
    google_secret_manager_secret_iam_member.worker_reports_password_secret,
    google_storage_bucket_iam_member.worker_scratch_volume,
  ]
}
