resource "aws_secretsmanager_secret" "replicated" {
  name = "replicated"
  replica {
    region     = "us-east-1"
    kms_key_id = "alias/aws/secretsmanager"
  }
}

resource "aws_secretsmanager_secret" "rotated" {
  name = "rotated"
}

resource "aws_secretsmanager_secret_rotation" "rotated" {
  secret_id           = aws_secretsmanager_secret.rotated.id
  rotation_lambda_arn = "arn:aws:lambda:${local.region}:${local.account}:function:rotate"
  rotate_immediately  = false
  rotation_rules {
    schedule_expression = "rate(4 hours)"
    duration            = "3h"
  }
}
