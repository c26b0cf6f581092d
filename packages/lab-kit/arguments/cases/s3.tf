resource "aws_s3_bucket" "logs" {
  bucket        = "s3-logs-workbook"
  force_destroy = true
}

# The arguments that have become resources of their own, which the provider still takes.
resource "aws_s3_bucket" "full" {
  bucket_prefix       = "full-"
  force_destroy       = true
  object_lock_enabled = true
  acceleration_status = var.changed ? "Suspended" : "Enabled"
  request_payer       = var.changed ? "BucketOwner" : "Requester"
  tags                = local.tags
  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = var.changed ? ["GET", "PUT"] : ["GET"]
    allowed_origins = ["https://example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = var.changed ? 600 : 300
  }
  lifecycle_rule {
    id                                     = "old"
    enabled                                = true
    prefix                                 = var.changed ? "second/" : "first/"
    tags                                   = { Kind = "log" }
    abort_incomplete_multipart_upload_days = 0
    expiration {
      days = var.changed ? 400 : 365
    }
    noncurrent_version_expiration {
      days = 90
    }
    noncurrent_version_transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 60
      storage_class = "GLACIER"
    }
  }
  lifecycle_rule {
    id      = "dated"
    enabled = !var.changed
    prefix  = "dated/"
    expiration {
      date = "2040-01-12"
    }
    transition {
      date          = "2039-01-12"
      storage_class = "GLACIER"
    }
  }
  lifecycle_rule {
    id                                     = "markers"
    enabled                                = true
    prefix                                 = "markers/"
    abort_incomplete_multipart_upload_days = 7
    expiration {
      expired_object_delete_marker = true
    }
  }
  logging {
    target_bucket = aws_s3_bucket.logs.id
    target_prefix = var.changed ? "second/" : "first/"
  }
  server_side_encryption_configuration {
    rule {
      bucket_key_enabled = var.changed
      apply_server_side_encryption_by_default {
        sse_algorithm     = "aws:kms"
        kms_master_key_id = aws_kms_key.s3.arn
      }
    }
  }
  versioning {
    enabled = true
  }
}

resource "aws_kms_key" "s3" {
  description             = "for buckets"
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "site" {
  bucket        = "site-workbook"
  force_destroy = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::site-workbook/kept/*"
    }]
  })
  website {
    index_document = var.changed ? "second.html" : "first.html"
    error_document = "error.html"
    routing_rules  = jsonencode([{ Condition = { KeyPrefixEquals = "old/" }, Redirect = { ReplaceKeyPrefixWith = "new/" } }])
  }
}

resource "aws_s3_bucket" "elsewhere" {
  bucket        = "elsewhere-workbook"
  force_destroy = true
  website {
    redirect_all_requests_to = var.changed ? "https://second.example.com" : "https://first.example.com"
  }
}

# It takes access control lists once its owner does not own everything in it.
resource "aws_s3_bucket" "listed" {
  bucket        = "listed-workbook"
  force_destroy = true
  acl           = "private"
}

resource "aws_s3_bucket_ownership_controls" "listed" {
  bucket = aws_s3_bucket.listed.id
  rule {
    object_ownership = var.changed ? "ObjectWriter" : "BucketOwnerPreferred"
  }
}
