resource "aws_kms_key" "ecr" {
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_ecr_repository" "full" {
  name                 = "app/full"
  image_tag_mutability = var.changed ? "IMMUTABLE" : "MUTABLE"
  force_delete         = var.changed
  tags                 = local.tags
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.ecr.arn
  }
  image_scanning_configuration {
    scan_on_push = var.changed
  }
}

resource "aws_ecr_repository_policy" "full" {
  repository = aws_ecr_repository.full.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = "ecr:BatchGetImage"
    }]
  })
}

resource "aws_ecr_lifecycle_policy" "full" {
  repository = aws_ecr_repository.full.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "keep some"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5 }
      action       = { type = "expire" }
    }]
  })
}
