locals {
  tasks_trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  ec2_trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] }, Action = "sts:AssumeRole" }]
  })
  reading = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.changed ? "s3:GetObject" : "s3:ListBucket", Resource = "*" }]
  })
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
  tags   = local.tags
}

resource "aws_iam_policy" "full" {
  name        = "full"
  path        = "/app/"
  description = "of the application"
  policy      = local.reading
  tags        = local.tags
}

resource "aws_iam_policy" "prefixed" {
  name_prefix = "prefixed-"
  policy      = local.reading
}

resource "aws_iam_role" "full" {
  name                  = "full"
  path                  = "/app/"
  description           = var.changed ? "second" : "first"
  assume_role_policy    = var.changed ? local.ec2_trust : local.tasks_trust
  force_detach_policies = var.changed
  max_session_duration  = var.changed ? 7200 : 3600
  permissions_boundary  = var.changed ? aws_iam_policy.full.arn : aws_iam_policy.boundary.arn
  tags                  = local.tags
}

resource "aws_iam_role" "inline" {
  name_prefix         = "inline-"
  assume_role_policy  = local.tasks_trust
  managed_policy_arns = var.changed ? [] : [aws_iam_policy.full.arn]
  inline_policy {
    name   = "reading"
    policy = local.reading
  }
}

resource "aws_iam_role" "bare" {
  name               = "bare"
  assume_role_policy = local.tasks_trust
  tags               = local.tags
}

resource "aws_iam_role_policy" "named" {
  name   = "named"
  role   = aws_iam_role.bare.name
  policy = local.reading
}

resource "aws_iam_role_policy" "prefixed" {
  name_prefix = "prefixed-"
  role        = aws_iam_role.bare.name
  policy      = local.reading
}

resource "aws_iam_role_policy_attachment" "full" {
  role       = aws_iam_role.bare.name
  policy_arn = aws_iam_policy.full.arn
}

resource "aws_iam_role" "exclusive" {
  name               = "exclusive"
  assume_role_policy = local.tasks_trust
  tags               = local.tags
}

resource "aws_iam_role_policy" "exclusive" {
  name   = "exclusive"
  role   = aws_iam_role.exclusive.name
  policy = local.reading
}

resource "aws_iam_role_policies_exclusive" "exclusive" {
  role_name    = aws_iam_role.exclusive.name
  policy_names = [aws_iam_role_policy.exclusive.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "exclusive" {
  role_name   = aws_iam_role.exclusive.name
  policy_arns = var.changed ? [] : [aws_iam_policy.full.arn]
}

resource "aws_iam_policy" "shared" {
  name   = "shared"
  policy = local.reading
  tags   = local.tags
}

resource "aws_iam_policy_attachment" "shared" {
  name       = "shared"
  policy_arn = aws_iam_policy.shared.arn
  roles      = var.changed ? [aws_iam_role.bare.name, aws_iam_role.full.name] : [aws_iam_role.bare.name]
  users      = [aws_iam_user.bare.name]
  groups     = [aws_iam_group.bare.name]
}

resource "aws_iam_instance_profile" "full" {
  name = "full"
  path = "/app/"
  role = var.changed ? aws_iam_role.bare.name : aws_iam_role.full.name
  tags = local.tags
}

resource "aws_iam_instance_profile" "prefixed" {
  name_prefix = "prefixed-"
  role        = aws_iam_role.bare.name
  tags        = local.tags
}

# The provider tags a user by its new name before it has that: this one's tags stay.
resource "aws_iam_user" "full" {
  name                 = var.changed ? "second" : "first"
  path                 = var.changed ? "/second/" : "/first/"
  permissions_boundary = var.changed ? aws_iam_policy.full.arn : aws_iam_policy.boundary.arn
  force_destroy        = var.changed
  tags                 = { Stage = "test" }
}

resource "aws_iam_user" "bare" {
  name = "bare"
  tags = local.tags
}

resource "aws_iam_user_policy" "named" {
  name   = "named"
  user   = aws_iam_user.bare.name
  policy = local.reading
}

resource "aws_iam_user_policy" "prefixed" {
  name_prefix = "prefixed-"
  user        = aws_iam_user.bare.name
  policy      = local.reading
}

resource "aws_iam_user_policy_attachment" "full" {
  user       = aws_iam_user.bare.name
  policy_arn = aws_iam_policy.full.arn
}

resource "aws_iam_user" "exclusive" {
  name = "exclusive"
  tags = local.tags
}

resource "aws_iam_user_policy" "exclusive" {
  name   = "exclusive"
  user   = aws_iam_user.exclusive.name
  policy = local.reading
}

resource "aws_iam_user_policies_exclusive" "exclusive" {
  user_name    = aws_iam_user.exclusive.name
  policy_names = [aws_iam_user_policy.exclusive.name]
}

resource "aws_iam_user_policy_attachments_exclusive" "exclusive" {
  user_name   = aws_iam_user.exclusive.name
  policy_arns = var.changed ? [] : [aws_iam_policy.full.arn]
}

resource "aws_iam_access_key" "bare" {
  user   = aws_iam_user.bare.name
  status = var.changed ? "Inactive" : "Active"
}

# Its secret is sealed for whoever has the other half of this key, which nobody kept.
resource "aws_iam_access_key" "sealed" {
  user    = aws_iam_user.bare.name
  pgp_key = "mQENBGsNc4oBCAC8pnXlswI6CQlIKTQwsVXsAJ1WOzTDWXMHkX6mv8TH1WSpPs6F2hiIkf3SAjCNYyuXfMX3Fav8l1QrxBXJKm2xvvQGU2f/HsS2JMgAh4ws5Z+QmYGjK3XvOrsBDJZPqommUI88MkgOWPR+myadiZRxA6Hl2NeToHg3X3773g0g4GOX92hDKhOg3IemGEVrQtCTsHyEnEnV52TWWTNe8nRMocan+L2sIjj6VEK7R7NblYyG3IneZ+wsXhqRIHSsSf5ZJa8DxcEoSFaxdas7ysdQdn64GCo/wFwjcDw3R34O4E+piMFjEl8WlhHTV2zNUjGaiYP1SDVAGnBV1DZxL4v7ABEBAAG0EGNhc2VAZXhhbXBsZS5jb22JAU4EEwEKADgWIQR10pITNxvNv2TkgF1+8RFzijlXCgUCaw1zigIbDQULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRB+8RFzijlXCn+oB/9WwuKRsFpegDta0C/uMM//rdGQmIIvLmoJyG1ZVFCNpLJ6CUB7/Hh/pfl20I/fCL8o++gQiT0cHVZscdvWrC77DHc0+Cpn0xZaO++9HLfKtlTLJD7KYWg2XXqk5wU44jGETbu13FzWP7oQ2xyN7k1ObvvHdpiog8Tysk23h3R+PYGo560juzWruLDc4dpedDcjIyKglvF3ATxtGXjvSD1jAf6VIE5sEixqVmH55d0TPtvn3zmueKbxMl3QHv+w/JM/QkYqTWrFK+fSeXVsvYg+gez/KP/onQ0Cji2ft0c/usPa4ItVARwjrrObkTixc1Cv3KcgIKCuWWDLqvWROHpz"
}

resource "aws_iam_group" "full" {
  name = var.changed ? "second" : "first"
  path = var.changed ? "/second/" : "/first/"
}

resource "aws_iam_group" "bare" {
  name = "bare"
}

resource "aws_iam_group_policy" "named" {
  name   = "named"
  group  = aws_iam_group.bare.name
  policy = local.reading
}

resource "aws_iam_group_policy" "prefixed" {
  name_prefix = "prefixed-"
  group       = aws_iam_group.bare.name
  policy      = local.reading
}

resource "aws_iam_group_policy_attachment" "full" {
  group      = aws_iam_group.bare.name
  policy_arn = aws_iam_policy.full.arn
}

resource "aws_iam_group" "exclusive" {
  name = "exclusive"
}

resource "aws_iam_group_policy" "exclusive" {
  name   = "exclusive"
  group  = aws_iam_group.exclusive.name
  policy = local.reading
}

resource "aws_iam_group_policies_exclusive" "exclusive" {
  group_name   = aws_iam_group.exclusive.name
  policy_names = [aws_iam_group_policy.exclusive.name]
}

resource "aws_iam_group_policy_attachments_exclusive" "exclusive" {
  group_name  = aws_iam_group.exclusive.name
  policy_arns = var.changed ? [] : [aws_iam_policy.full.arn]
}

resource "aws_iam_group_membership" "bare" {
  name  = "bare"
  group = aws_iam_group.bare.name
  users = var.changed ? [aws_iam_user.bare.name, aws_iam_user.exclusive.name] : [aws_iam_user.bare.name]
}

resource "aws_iam_user" "member" {
  name = "member"
  tags = local.tags
}

resource "aws_iam_user_group_membership" "member" {
  user   = aws_iam_user.member.name
  groups = var.changed ? [aws_iam_group.exclusive.name, aws_iam_group.full.name] : [aws_iam_group.exclusive.name]
}

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = var.changed ? ["sts.amazonaws.com", "second"] : ["sts.amazonaws.com"]
  thumbprint_list = var.changed ? ["1c58a3a8518e8759bf075b76b750d4f2df264fcd"] : ["6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = local.tags
}

resource "aws_iam_service_linked_role" "autoscaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "workbook"
  description      = var.changed ? "second" : "first"
  tags             = local.tags
}

resource "aws_iam_account_alias" "this" {
  account_alias = "workbook-arguments"
}

output "iam" {
  value = {
    ids = {
      "aws_iam_role_policy_attachment.full"                  = "bare/${aws_iam_policy.full.arn}"
      "aws_iam_user_policy_attachment.full"                  = "bare/${aws_iam_policy.full.arn}"
      "aws_iam_group_policy_attachment.full"                 = "bare/${aws_iam_policy.full.arn}"
      "aws_iam_policy_attachment.shared"                     = null
      "aws_iam_group_membership.bare"                        = null
      "aws_iam_user_group_membership.member"                 = "member/exclusive/${aws_iam_group.full.name}"
      "aws_iam_role_policies_exclusive.exclusive"            = "exclusive"
      "aws_iam_role_policy_attachments_exclusive.exclusive"  = "exclusive"
      "aws_iam_user_policies_exclusive.exclusive"            = "exclusive"
      "aws_iam_user_policy_attachments_exclusive.exclusive"  = "exclusive"
      "aws_iam_group_policies_exclusive.exclusive"           = "exclusive"
      "aws_iam_group_policy_attachments_exclusive.exclusive" = "exclusive"
      # The secret is told once.
      "aws_iam_access_key.bare" = null
      "aws_iam_access_key.sealed" = null
    }
  }
}
