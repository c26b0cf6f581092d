resource "aws_ecr_registry_policy" "refused" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "a", Effect = "Allow", Principal = { AWS = "arn:aws:iam::210987654321:root" }, Action = "ecr:ReplicateImage", Resource = "*" }]
  })
}

resource "aws_ecr_registry_scanning_configuration" "refused" {
  scan_type = "ENHANCED"
  rule {
    scan_frequency = "SCAN_ON_PUSH"
    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_ecr_replication_configuration" "refused" {
  replication_configuration {
    rule {
      destination {
        region      = "us-east-1"
        registry_id = local.account
      }
    }
  }
}

resource "aws_ecr_pull_through_cache_rule" "refused" {
  ecr_repository_prefix = "ecr-public"
  upstream_registry_url = "public.ecr.aws"
}

resource "aws_ecr_account_setting" "refused" {
  name  = "BASIC_SCAN_TYPE_VERSION"
  value = "AWS_NATIVE"
}
