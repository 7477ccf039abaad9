# Written by Groundplan, which overwrites what is changed here.
# lantern production: repositories of container images on Google Cloud.

resource "google_artifact_registry_repository" "api" {
  repository_id = "production-api"
  location      = var.google_region
  description   = "Images of api"
  format        = "DOCKER"
  mode          = "STANDARD_REPOSITORY"

  docker_config {
    immutable_tags = true
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 20
    }
  }

  cleanup_policies {
    id     = "delete-others"
    action = "DELETE"

    condition {
      tag_state = "ANY"
    }
  }

  depends_on = [google_project_service.artifactregistry]
}

resource "google_artifact_registry_repository" "processor" {
  repository_id = "production-processor"
  location      = var.google_region
  description   = "Images of processor"
  format        = "DOCKER"
  mode          = "STANDARD_REPOSITORY"

  docker_config {
    immutable_tags = true
  }

  depends_on = [google_project_service.artifactregistry]
}
