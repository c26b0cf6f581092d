resource "aws_s3_bucket" "replicated" {
  bucket = "replicated-workbook"
  versioning {
    enabled    = true
    mfa_delete = true
  }
}

resource "aws_s3_bucket" "replicating" {
  bucket = "replicating-workbook"
  versioning {
    enabled = true
  }
  replication_configuration {
    role = "arn:aws:iam::${local.account}:role/replication"
    rules {
      id                               = "all"
      prefix                           = "a/"
      priority                         = 1
      status                           = "Enabled"
      delete_marker_replication_status = "Enabled"
      filter {
        prefix = "a/"
        tags   = { a = "b" }
      }
      source_selection_criteria {
        sse_kms_encrypted_objects {
          enabled = true
        }
      }
      destination {
        account_id         = local.account
        bucket             = "arn:aws:s3:::elsewhere"
        replica_kms_key_id = "arn:aws:kms:${local.region}:${local.account}:key/01234567-89ab-cdef-0123-456789abcdef"
        storage_class      = "STANDARD"
        access_control_translation {
          owner = "Destination"
        }
        metrics {
          minutes = 15
          status  = "Enabled"
        }
        replication_time {
          minutes = 15
          status  = "Enabled"
        }
      }
    }
  }
}

resource "aws_s3_bucket" "kept_days" {
  bucket = "kept-days-workbook"
  object_lock_configuration {
    object_lock_enabled = "Enabled"
    rule {
      default_retention {
        mode = "GOVERNANCE"
        days = 1
      }
    }
  }
}

resource "aws_s3_bucket" "kept_years" {
  bucket = "kept-years-workbook"
  object_lock_configuration {
    object_lock_enabled = "Enabled"
    rule {
      default_retention {
        mode  = "GOVERNANCE"
        years = 1
      }
    }
  }
}
