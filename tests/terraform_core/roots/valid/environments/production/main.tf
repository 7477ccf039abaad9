terraform {
  required_version = ">= 1.11"
  backend "s3" {
    bucket       = "terraform-state"
    key          = "production/terraform.tfstate"
    region       = "us-east-1"
    use_lockfile = true
  }
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "ap-south-1"
  default_tags {
    tags = { Project = "stand-in" }
  }
}

module "network" {
  source = "../../modules/network"
  cidr   = "10.0.0.0/16"
}

ephemeral "aws_secretsmanager_random_password" "db" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_db_instance" "main" {
  identifier          = "main"
  instance_class      = "db.t3.medium"
  engine              = "postgres"
  allocated_storage   = 20
  username            = "administrator"
  password_wo         = ephemeral.aws_secretsmanager_random_password.db.random_password
  password_wo_version = 1
}

resource "aws_secretsmanager_secret" "db" {
  name = "db"
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id                = aws_secretsmanager_secret.db.id
  secret_string_wo         = jsonencode({ password = ephemeral.aws_secretsmanager_random_password.db.random_password })
  secret_string_wo_version = 1
}

ephemeral "aws_secretsmanager_secret_version" "db" {
  secret_id = aws_secretsmanager_secret_version.db.secret_id
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id  = "sessions"
  description           = "Sessions"
  auth_token_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.db.secret_string)["password"]
  auth_token_wo_version = 1
}

resource "aws_security_group" "public" {
  name   = "public"
  vpc_id = module.network.vpc_id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

resource "aws_acm_certificate" "public" {
  provider                  = aws.us_east_1
  domain_name               = "example.com"
  subject_alternative_names = ["www.example.com"]
  validation_method         = "DNS"
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.public.domain_validation_options : option.domain_name => option
  }
  zone_id = "Z0123456789"
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 300
}
