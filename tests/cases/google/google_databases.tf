# Written by Groundplan, which overwrites what is changed here.
# lantern production: databases and caches on Google Cloud, made when it takes over.

resource "google_sql_database_instance" "main" {
  count = var.google_active ? 1 : 0

  name                = "production-main"
  region              = var.google_region
  database_version    = "POSTGRES_15"
  deletion_protection = true

  settings {
    tier                        = "db-custom-2-7680"
    edition                     = "ENTERPRISE"
    availability_type           = "REGIONAL"
    disk_type                   = "PD_SSD"
    disk_size                   = 100
    disk_autoresize             = true
    disk_autoresize_limit       = 500
    deletion_protection_enabled = true

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.main.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "03:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 7
        retention_unit   = "COUNT"
      }
    }
  }

  depends_on = [google_project_service.sqladmin, google_service_networking_connection.main]
}

resource "google_sql_database_instance" "reports" {
  count = var.google_active ? 1 : 0

  name                = "production-reports"
  region              = var.google_region
  database_version    = "POSTGRES_16"
  deletion_protection = true

  settings {
    tier                        = "db-custom-2-7680"
    edition                     = "ENTERPRISE"
    availability_type           = "REGIONAL"
    disk_type                   = "PD_SSD"
    disk_size                   = 20
    disk_autoresize             = true
    disk_autoresize_limit       = 0
    deletion_protection_enabled = true

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.main.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "03:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 7
        retention_unit   = "COUNT"
      }
    }
  }

  depends_on = [google_project_service.sqladmin, google_service_networking_connection.main]
}

resource "google_sql_database" "main" {
  count = var.google_active ? 1 : 0

  name     = "lantern"
  instance = one(google_sql_database_instance.main[*].name)
}

resource "google_sql_database" "reports" {
  count = var.google_active ? 1 : 0

  name     = "lantern"
  instance = one(google_sql_database_instance.reports[*].name)
}

resource "google_sql_user" "main" {
  count = var.google_active ? 1 : 0

  name                = var.main_db_username
  instance            = one(google_sql_database_instance.main[*].name)
  password_wo         = one(ephemeral.google_secret_manager_secret_version.main[*].secret_data)
  password_wo_version = 1
}

ephemeral "google_secret_manager_secret_version" "main" {
  count = var.google_active ? 1 : 0

  secret = google_secret_manager_secret.main_password.secret_id
}

resource "google_sql_user" "reports" {
  count = var.google_active ? 1 : 0

  name                = var.reports_db_username
  instance            = one(google_sql_database_instance.reports[*].name)
  password_wo         = one(ephemeral.google_secret_manager_secret_version.reports[*].secret_data)
  password_wo_version = 1
}

ephemeral "google_secret_manager_secret_version" "reports" {
  count = var.google_active ? 1 : 0

  secret = google_secret_manager_secret.reports_password.secret_id
}

resource "google_redis_instance" "sessions" {
  count = var.google_active ? 1 : 0

  name                    = "production-sessions"
  region                  = var.google_region
  redis_version           = "REDIS_7_0"
  tier                    = "STANDARD_HA"
  memory_size_gb          = 4
  authorized_network      = google_compute_network.main.id
  deletion_protection     = false
  connect_mode            = "PRIVATE_SERVICE_ACCESS"
  transit_encryption_mode = "SERVER_AUTHENTICATION"
  auth_enabled            = false

  depends_on = [google_project_service.redis, google_service_networking_connection.main]
}
