resource "aws_kms_key" "ssm" {
  description             = "for a parameter"
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_ssm_parameter" "plain" {
  name            = "/app/plain"
  arn             = "arn:aws:ssm:${local.region}:${local.account}:parameter/app/plain"
  type            = "String"
  value           = var.changed ? "second" : "first"
  description     = var.changed ? "the second" : "the first"
  allowed_pattern = var.changed ? "^[a-z]+$" : "^[a-z]*$"
  data_type       = "text"
  tier            = var.changed ? "Advanced" : "Standard"
  tags            = local.tags
}

resource "aws_ssm_parameter" "insecure" {
  name           = "/app/list"
  type           = "StringList"
  insecure_value = var.changed ? "a,b,c" : "a,b"
  overwrite      = true
}

resource "aws_ssm_parameter" "secret" {
  name   = "/app/secret"
  type   = "SecureString"
  value  = var.changed ? "second" : "first"
  key_id = aws_kms_key.ssm.arn
}

resource "aws_ssm_parameter" "unkept" {
  name             = "/app/unkept"
  type             = "SecureString"
  value_wo         = var.changed ? "second" : "first"
  value_wo_version = var.changed ? 2 : 1
}

output "ssm" {
  value = {
    # Imported, it has a `value`, and the provider goes on to plan that away.
    ids = { "aws_ssm_parameter.insecure" = null }
  }
}
