# Written by Groundplan, which overwrites what is changed here.
# lantern production: the Google Cloud provider, and labels on everything.

provider "google" {
  project = var.google_project
  region  = var.google_region
  default_labels = {
    project     = "lantern"
    environment = "production"
    managedby   = "groundplan"
  }
}
