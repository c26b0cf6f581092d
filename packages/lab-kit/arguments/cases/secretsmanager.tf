resource "aws_kms_key" "secrets" {
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_secretsmanager_secret" "full" {
  name                           = "app/full"
  description                    = var.changed ? "second" : "first"
  kms_key_id                     = aws_kms_key.secrets.arn
  recovery_window_in_days        = var.changed ? 0 : 7
  force_overwrite_replica_secret = false
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
  tags = local.tags
}

resource "aws_secretsmanager_secret" "prefixed" {
  name_prefix             = "app/prefixed-"
  recovery_window_in_days = 0
  tags                    = local.tags
}

resource "aws_secretsmanager_secret_policy" "prefixed" {
  secret_arn          = aws_secretsmanager_secret.prefixed.arn
  block_public_policy = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret_version" "text" {
  secret_id      = aws_secretsmanager_secret.full.id
  secret_string  = "one"
  version_stages = var.changed ? ["AWSCURRENT", "second"] : ["AWSCURRENT", "first"]
}

resource "aws_secretsmanager_secret_version" "bytes" {
  secret_id     = aws_secretsmanager_secret.prefixed.id
  secret_binary = base64encode("one")
}

resource "aws_secretsmanager_secret" "unkept" {
  name                    = "app/unkept"
  recovery_window_in_days = 0
  tags                    = local.tags
}

resource "aws_secretsmanager_secret_version" "unkept" {
  secret_id                = aws_secretsmanager_secret.unkept.id
  secret_string_wo         = "one"
  secret_string_wo_version = 1
}

output "secretsmanager" {
  value = {
    # The provider does not read its version back, and makes it anew for that.
    ids = { "aws_secretsmanager_secret_version.unkept" = null }
  }
}
