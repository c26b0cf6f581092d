resource "aws_kms_key" "external" {
  custom_key_store_id = "cks-0123456789abcdef0"
  xks_key_id          = "external"
}

resource "aws_kms_external_key" "imported" {
  description             = "imported"
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "replica" {
  primary_key_arn         = "arn:aws:kms:us-east-1:${local.account}:key/mrk-0123456789abcdef0123456789abcdef"
  deletion_window_in_days = 7
}

resource "aws_kms_custom_key_store" "hsm" {
  cloud_hsm_cluster_id     = "cluster-0123456789a"
  custom_key_store_name    = "hsm"
  key_store_password       = "password"
  trust_anchor_certificate = "certificate"
}

resource "aws_kms_replica_external_key" "replica" {
  primary_key_arn = "arn:aws:kms:us-east-1:${local.account}:key/mrk-0123456789abcdef0123456789abcdef"
}
