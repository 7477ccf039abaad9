resource "aws_ecs_task_definition" "api" {
  family                   = "sample-production-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.api_execution.arn
  task_role_arn            = aws_iam_role.api.arn
  container_definitions = jsonencode([
    {
      name      = "api"
      image     = "${aws_ecr_repository.api.repository_url}:${var.api_image_tag}"
      essential = true
      command   = ["node", "server.js"]
      portMappings = [
        {
          name          = "http"
          containerPort = 3000
          hostPort      = 3000
          protocol      = "tcp"
        },
      ]
      environment = [
        {
          name  = "NODE_ENV"
          value = "production"
        },
        {
          name  = "CACHE_HOST"
          value = aws_elasticache_replication_group.sessions.primary_endpoint_address
        },
        {
          name  = "BACKUP_BUCKET"
          value = aws_s3_bucket.backups.id
        },
        {
          name  = "GREETING"
          value = "Hello $${name}"
        },
      ]
      secrets = [
        {
          name      = "DATABASE_URL"
          valueFrom = aws_secretsmanager_secret.database_url.arn
        },
        {
          name      = "DATABASE_USER"
          valueFrom = "${aws_secretsmanager_secret.database.arn}:username::"
        },
        {
          name      = "PAYMENT_KEY"
          valueFrom = aws_secretsmanager_secret.payment_key.arn
        },
      ]
      readonlyRootFilesystem = true
      healthCheck = {
        command     = ["CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"]
        interval    = 30
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.api.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "api"
        }
      }
    },
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
}

resource "aws_ecs_task_definition" "machines" {
  family                   = "sample-production-machines"
  requires_compatibilities = ["EC2"]
  network_mode             = "awsvpc"
  cpu                      = 300
  memory                   = 700
  execution_role_arn       = aws_iam_role.api_execution.arn
  task_role_arn            = aws_iam_role.api.arn
  container_definitions = jsonencode([
    {
      name      = "web"
      image     = "public.ecr.aws/docker/library/nginx:1.27"
      essential = true
      portMappings = [
        {
          containerPort = 8080
          hostPort      = 8080
          protocol      = "tcp"
        },
      ]
      readonlyRootFilesystem = true
      healthCheck = {
        command     = ["CMD-SHELL", "curl -f http://localhost:8080/ || exit 1"]
        interval    = 30
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.api.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "web"
        }
      }
    },
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
}

resource "aws_ecs_task_definition" "reports" {
  family                   = "sample-production-reports"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.api_execution.arn
  task_role_arn            = aws_iam_role.api.arn
  container_definitions = jsonencode([
    {
      name                   = "reports"
      image                  = "public.ecr.aws/docker/library/busybox:1.36"
      essential              = true
      entryPoint             = ["/bin/sh", "-c"]
      command                = ["exec sleep 3600"]
      user                   = "nobody"
      cpu                    = 256
      memory                 = 512
      memoryReservation      = 384
      readonlyRootFilesystem = true
      logConfiguration = {
        logDriver = "awsfirelens"
      }
      dependsOn = [
        {
          containerName = "migrations"
          condition     = "SUCCESS"
        },
        {
          containerName = "log-router"
          condition     = "HEALTHY"
        },
      ]
    },
    {
      name                   = "migrations"
      image                  = "public.ecr.aws/docker/library/busybox:1.36"
      essential              = false
      command                = ["sh", "-c", "echo \"$HOME\" $${x}"]
      readonlyRootFilesystem = true
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.reports.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "migrations"
        }
      }
    },
    {
      name              = "log-router"
      image             = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.16"
      essential         = true
      memoryReservation = 64
      environment = [
        {
          name  = "ROUTES"
          value = <<-EOT
            region ${var.region}
            log_group_name ${aws_cloudwatch_log_group.reports.name}
          EOT
        },
      ]
      readonlyRootFilesystem = true
      healthCheck = {
        command     = ["CMD-SHELL", "true"]
        interval    = 30
        timeout     = 5
        retries     = 3
        startPeriod = 10
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.reports.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "log-router"
        }
      }
      firelensConfiguration = {
        type = "fluentbit"
        options = {
          config-file-type  = "file"
          config-file-value = "/fluent-bit/etc/routes.conf"
        }
      }
    },
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
}

resource "aws_ecs_task_definition" "worker" {
  family                   = "sample-production-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.api_execution.arn
  task_role_arn            = aws_iam_role.api.arn
  container_definitions = jsonencode([
    {
      name                   = "worker"
      image                  = "public.ecr.aws/docker/library/busybox:1.36"
      essential              = true
      command                = ["sleep", "3600"]
      readonlyRootFilesystem = false
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.api.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "worker"
        }
      }
    },
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }
}
