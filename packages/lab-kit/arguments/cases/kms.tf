resource "aws_kms_key" "full" {
  description                        = var.changed ? "second" : "first"
  key_usage                          = "ENCRYPT_DECRYPT"
  customer_master_key_spec           = "SYMMETRIC_DEFAULT"
  bypass_policy_lockout_safety_check = true
  deletion_window_in_days            = var.changed ? 8 : 7
  is_enabled                         = !var.changed
  enable_key_rotation                = true
  rotation_period_in_days            = var.changed ? 120 : 90
  multi_region                       = false
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
  tags = local.tags
}

resource "aws_kms_key" "bare" {
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_kms_key_policy" "bare" {
  key_id                             = aws_kms_key.bare.id
  bypass_policy_lockout_safety_check = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "named" {
  name          = "alias/named"
  target_key_id = var.changed ? aws_kms_key.other.key_id : aws_kms_key.bare.key_id
}

resource "aws_kms_alias" "prefixed" {
  name_prefix   = "alias/prefixed-"
  target_key_id = var.changed ? aws_kms_key.other.key_id : aws_kms_key.bare.key_id
}

resource "aws_kms_key" "other" {
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_iam_role" "grantee" {
  name = "kms-grantee"
  tags = local.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_kms_grant" "equal" {
  name               = "equal"
  key_id             = aws_kms_key.bare.key_id
  grantee_principal  = aws_iam_role.grantee.arn
  retiring_principal = aws_iam_role.grantee.arn
  operations         = ["Encrypt", "Decrypt", "GenerateDataKey"]
  retire_on_delete   = false
  constraints {
    encryption_context_equals = { Department = "Finance" }
  }
}

# Tokens are not read back, and a grant whose tokens change is made anew.
resource "aws_kms_grant" "tokens" {
  key_id                = aws_kms_key.bare.key_id
  grantee_principal     = aws_iam_role.grantee.arn
  operations            = ["DescribeKey"]
  grant_creation_tokens = ["token"]
}

resource "aws_kms_grant" "subset" {
  key_id            = aws_kms_key.bare.key_id
  grantee_principal = aws_iam_role.grantee.arn
  operations        = ["Decrypt"]
  constraints {
    encryption_context_subset = { Department = "Finance" }
  }
}

resource "aws_kms_ciphertext" "text" {
  key_id    = aws_kms_key.bare.key_id
  plaintext = "hello"
  context   = { App = "web" }
}

output "kms" {
  value = {
    ids = { "aws_kms_ciphertext.text" = null, "aws_kms_grant.tokens" = null }
  }
}
