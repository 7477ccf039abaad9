# Written by Groundplan, which overwrites what is changed here.
# lantern production: load balancer and certificates on Google Cloud.

resource "google_certificate_manager_dns_authorization" "api_lantern_app_com" {
  name   = "production-api-lantern-app-com"
  domain = "api.lantern-app.com"

  depends_on = [google_project_service.certificatemanager]
}

resource "google_certificate_manager_certificate" "api_lantern_app_com" {
  name = "production-api-lantern-app-com"

  managed {
    domains            = ["api.lantern-app.com"]
    dns_authorizations = [google_certificate_manager_dns_authorization.api_lantern_app_com.id]
  }
}

resource "google_certificate_manager_certificate_map" "main" {
  name = "production-main"

  depends_on = [google_project_service.certificatemanager]
}

resource "google_certificate_manager_certificate_map_entry" "api_lantern_app_com" {
  name         = "production-api-lantern-app-com"
  hostname     = "api.lantern-app.com"
  map          = google_certificate_manager_certificate_map.main.name
  certificates = [google_certificate_manager_certificate.api_lantern_app_com.id]
}

resource "google_compute_ssl_policy" "main" {
  name            = "production-main"
  profile         = "RESTRICTED"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.compute]
}

resource "google_compute_region_network_endpoint_group" "api" {
  count = var.google_services || var.google_active ? 1 : 0

  name                  = "production-api"
  region                = var.google_region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = one(google_cloud_run_v2_service.api[*].name)
  }
}

resource "google_compute_security_policy" "main" {
  count = var.google_active ? 1 : 0

  name = "production-main"
  type = "CLOUD_ARMOR"

  rule {
    action   = "deny(403)"
    priority = 1000
    preview  = false

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('xss-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 1010
    preview  = false

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('lfi-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 1020
    preview  = false

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('rfi-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 1030
    preview  = false

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('scannerdetection-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 1040
    preview  = false

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('protocolattack-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "deny(403)"
    priority = 1050
    preview  = false

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"
      }
    }
  }

  rule {
    action   = "throttle"
    priority = 5000
    preview  = false

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = 2000
        interval_sec = 300
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647
    preview  = false

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.compute]
}

resource "google_compute_backend_service" "api" {
  count = var.google_services || var.google_active ? 1 : 0

  name                  = "production-api"
  security_policy       = one(google_compute_security_policy.main[*].id)
  load_balancing_scheme = "EXTERNAL_MANAGED"

  backend {
    group = one(google_compute_region_network_endpoint_group.api[*].id)
  }

  log_config {
    enable = true
  }
}

resource "google_compute_url_map" "main" {
  count = var.google_services || var.google_active ? 1 : 0

  name            = "production-main"
  default_service = one(google_compute_backend_service.api[*].id)

  host_rule {
    hosts        = ["api.lantern-app.com"]
    path_matcher = "host-1"
  }

  path_matcher {
    name            = "host-1"
    default_service = one(google_compute_backend_service.api[*].id)
  }
}

resource "google_compute_url_map" "to_https" {
  count = var.google_services || var.google_active ? 1 : 0

  name = "production-to-https"

  default_url_redirect {
    https_redirect         = true
    strip_query            = false
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
  }
}

resource "google_compute_target_https_proxy" "main" {
  count = var.google_services || var.google_active ? 1 : 0

  name            = "production-main"
  url_map         = one(google_compute_url_map.main[*].id)
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.main.id}"
  ssl_policy      = google_compute_ssl_policy.main.id
}

resource "google_compute_target_http_proxy" "to_https" {
  count = var.google_services || var.google_active ? 1 : 0

  name    = "production-to-https"
  url_map = one(google_compute_url_map.to_https[*].id)
}

resource "google_compute_global_forwarding_rule" "main" {
  count = var.google_active ? 1 : 0

  name                  = "production-main"
  ip_address            = google_compute_global_address.main.id
  target                = one(google_compute_target_https_proxy.main[*].id)
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "443"
}

resource "google_compute_global_forwarding_rule" "to_https" {
  count = var.google_active ? 1 : 0

  name                  = "production-to-https"
  ip_address            = google_compute_global_address.main.id
  target                = one(google_compute_target_http_proxy.to_https[*].id)
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "80"
}
