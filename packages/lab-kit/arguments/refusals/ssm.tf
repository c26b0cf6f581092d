resource "aws_ssm_activation" "refused" {
  iam_role = "managed"
}

resource "aws_ssm_association" "refused" {
  name = "AWS-RunPatchBaseline"
}

resource "aws_ssm_default_patch_baseline" "refused" {
  baseline_id      = "pb-0123456789abcdef0"
  operating_system = "AMAZON_LINUX_2"
}

resource "aws_ssm_document" "refused" {
  name          = "refused"
  document_type = "Command"
  content       = jsonencode({ schemaVersion = "2.2", description = "a", mainSteps = [] })
}

resource "aws_ssm_maintenance_window" "refused" {
  name     = "refused"
  schedule = "cron(0 16 ? * TUE *)"
  duration = 3
  cutoff   = 1
}

resource "aws_ssm_maintenance_window_target" "refused" {
  window_id     = "mw-0123456789abcdef0"
  resource_type = "INSTANCE"
  targets {
    key    = "tag:Name"
    values = ["a"]
  }
}

resource "aws_ssm_maintenance_window_task" "refused" {
  window_id = "mw-0123456789abcdef0"
  task_arn  = "AWS-RestartEC2Instance"
  task_type = "AUTOMATION"
}

resource "aws_ssm_patch_baseline" "refused" {
  name             = "refused"
  approved_patches = ["KB123456"]
}

resource "aws_ssm_patch_group" "refused" {
  baseline_id = "pb-0123456789abcdef0"
  patch_group = "refused"
}

resource "aws_ssm_resource_data_sync" "refused" {
  name = "refused"
  s3_destination {
    bucket_name = "refused"
    region      = local.region
  }
}

resource "aws_ssm_service_setting" "refused" {
  setting_id    = "/ssm/parameter-store/high-throughput-enabled"
  setting_value = "true"
}
