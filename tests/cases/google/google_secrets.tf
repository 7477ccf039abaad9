# Written by Groundplan, which overwrites what is changed here.
# lantern production: secrets on Google Cloud. Their values are in no state.

resource "google_secret_manager_secret" "application" {
  secret_id = "production-application"

  replication {
    user_managed {
      replicas {
        location = var.google_region
      }
    }
  }

  depends_on = [google_project_service.secretmanager]
}

resource "google_secret_manager_secret" "main_password" {
  secret_id = "production-main-password"

  replication {
    user_managed {
      replicas {
        location = var.google_region
      }
    }
  }

  depends_on = [google_project_service.secretmanager]
}

resource "google_secret_manager_secret" "main_url" {
  secret_id = "production-main-url"

  replication {
    user_managed {
      replicas {
        location = var.google_region
      }
    }
  }

  depends_on = [google_project_service.secretmanager]
}

resource "google_secret_manager_secret" "reports_password" {
  secret_id = "production-reports-password"

  replication {
    user_managed {
      replicas {
        location = var.google_region
      }
    }
  }

  depends_on = [google_project_service.secretmanager]
}

resource "google_secret_manager_secret_version" "main_url" {
  count = var.google_active ? 1 : 0

  secret                 = google_secret_manager_secret.main_url.id
  secret_data_wo         = "postgresql://${var.main_db_username}:${one(ephemeral.google_secret_manager_secret_version.main[*].secret_data)}@${one(google_sql_database_instance.main[*].private_ip_address)}:5432/lantern?sslmode=require"
  secret_data_wo_version = 1
}
