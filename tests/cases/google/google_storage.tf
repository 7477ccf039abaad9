# Written by Groundplan, which overwrites what is changed here.
# lantern production: buckets on Google Cloud, and the jobs that fill them.

resource "google_storage_bucket" "backups" {
  name                        = "lantern-standby-production-backups"
  location                    = var.google_region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "ARCHIVE"
    }

    condition {
      age = 30
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      age = 365
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 7
    }
  }
}

resource "google_storage_bucket" "media" {
  name                        = "lantern-standby-production-media"
  location                    = var.google_region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "ARCHIVE"
    }

    condition {
      age = 90
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 30
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 7
    }
  }
}

resource "google_storage_bucket" "worker_scratch_volume" {
  name                        = "lantern-standby-production-worker-scratch-volume"
  location                    = var.google_region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  versioning {
    enabled = true
  }
}

resource "google_storage_transfer_job" "backups" {
  description = "lantern production: backups from Amazon S3"

  transfer_spec {
    object_conditions {
      max_time_elapsed_since_last_modification = "2592000s"
    }

    transfer_options {
      overwrite_when = "DIFFERENT"
    }

    aws_s3_data_source {
      bucket_name = aws_s3_bucket.backups.id
      role_arn    = aws_iam_role.backups_google_copy.arn
    }

    gcs_data_sink {
      bucket_name = google_storage_bucket.backups.name
    }
  }

  schedule {
    repeat_interval = "86400s"

    schedule_start_date {
      year  = 2026
      month = 1
      day   = 1
    }

    start_time_of_day {
      hours   = 5
      minutes = 0
      seconds = 0
      nanos   = 0
    }
  }

  depends_on = [
    google_storage_bucket_iam_member.backups_copy_writer,
    google_storage_bucket_iam_member.backups_copy_reader,
    aws_iam_role_policy.backups_google_copy,
  ]
}

resource "google_storage_transfer_job" "media" {
  description = "lantern production: media from Amazon S3"

  transfer_spec {
    object_conditions {
      max_time_elapsed_since_last_modification = "7776000s"
    }

    transfer_options {
      overwrite_when = "DIFFERENT"
    }

    aws_s3_data_source {
      bucket_name = aws_s3_bucket.media.id
      role_arn    = aws_iam_role.media_google_copy.arn
    }

    gcs_data_sink {
      bucket_name = google_storage_bucket.media.name
    }
  }

  schedule {
    repeat_interval = "86400s"

    schedule_start_date {
      year  = 2026
      month = 1
      day   = 1
    }

    start_time_of_day {
      hours   = 5
      minutes = 0
      seconds = 0
      nanos   = 0
    }
  }

  depends_on = [
    google_storage_bucket_iam_member.media_copy_writer,
    google_storage_bucket_iam_member.media_copy_reader,
    aws_iam_role_policy.media_google_copy,
  ]
}
