# Written by Groundplan, which overwrites what is changed here.
# lantern production: network on Google Cloud.

resource "google_compute_network" "main" {
  name                    = "production-main"
  description             = "lantern production"
  auto_create_subnetworks = false

  depends_on = [google_project_service.compute]
}

resource "google_compute_subnetwork" "services" {
  name                     = "production-services"
  network                  = google_compute_network.main.id
  region                   = var.google_region
  ip_cidr_range            = "10.200.0.0/22"
  private_ip_google_access = true
}

resource "google_compute_global_address" "main" {
  name         = "production-main"
  address_type = "EXTERNAL"

  depends_on = [google_project_service.compute]
}

resource "google_compute_global_address" "managed_services" {
  name          = "production-managed-services"
  address_type  = "INTERNAL"
  purpose       = "VPC_PEERING"
  prefix_length = 20
  network       = google_compute_network.main.id
}

resource "google_service_networking_connection" "main" {
  network                 = google_compute_network.main.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.managed_services.name]

  depends_on = [google_project_service.servicenetworking]
}

resource "google_dns_managed_zone" "run" {
  name        = "production-run-app"
  dns_name    = "run.app."
  description = "Leads to Cloud Run through the network"
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.main.id
    }
  }

  depends_on = [google_project_service.dns]
}

resource "google_dns_record_set" "run" {
  name         = "run.app."
  type         = "A"
  ttl          = 300
  rrdatas      = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]
  managed_zone = google_dns_managed_zone.run.name
}

resource "google_dns_record_set" "run_services" {
  name         = "*.run.app."
  type         = "CNAME"
  ttl          = 300
  rrdatas      = ["run.app."]
  managed_zone = google_dns_managed_zone.run.name
}
