resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  condition {
    host_header {
      values = ["api.example.com"]
    }
  }

  condition {
    path_pattern {
      values = ["/v1/*", "/v2/*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_lb_listener_rule" "cart" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 50

  condition {
    path_pattern {
      values = ["/cart/*"]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.cart_blue.arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.cart_green.arn
        weight = 0
      }
    }
  }

  lifecycle {
    # Deployments move the requests: they change the weights.
    ignore_changes = [action]
  }
}

resource "aws_lb_listener_rule" "old" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20

  condition {
    path_pattern {
      values = ["/old/*"]
    }
  }

  action {
    type = "fixed-response"

    fixed_response {
      status_code  = "410"
      content_type = "application/json"
      message_body = "{\"error\": \"gone\"}"
    }
  }

  lifecycle {
    # A promotion changes the answer, and it stays.
    ignore_changes = [action]
  }
}

resource "aws_lb_listener_rule" "shop" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 40

  condition {
    path_pattern {
      values = ["/shop/*"]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.shop_blue.arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.shop_green.arn
        weight = 0
      }
    }
  }

  lifecycle {
    # Deployments move the requests: they change the weights.
    ignore_changes = [action]
  }
}
