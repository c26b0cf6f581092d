terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  skip_metadata_api_check = true
}

# The second time that the configuration is applied, what can change in place has changed.
variable "changed" {
  type = bool
}

data "aws_caller_identity" "this" {}
data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  region  = data.aws_region.this.name
  tags    = { Team = var.changed ? "blue" : "red", Stage = "test" }
}

# What the provider makes of its resources, whatever the cloud.
output "provider" {
  value = {
    # Arguments that it does not read back when it imports one: they are for itself, or the cloud does not tell them.
    unread = {
      aws_cloudwatch_event_rule         = ["force_destroy"]
      aws_cloudwatch_event_target       = ["force_destroy"]
      aws_cloudwatch_log_group          = ["skip_destroy"]
      aws_ecr_repository                = ["force_delete"]
      aws_iam_role                      = ["force_detach_policies"]
      aws_iam_user                      = ["force_destroy"]
      aws_s3_bucket                     = ["force_destroy", "acl"]
      aws_security_group                = ["revoke_rules_on_delete"]
      aws_ecs_service                   = ["task_definition", "wait_for_steady_state", "force_new_deployment", "force_delete", "triggers"]
      aws_ecs_task_definition           = ["skip_destroy", "track_latest"]
      aws_lb_listener                   = ["default_action"]
      aws_kms_grant                     = ["retire_on_delete"]
      aws_kms_key                       = ["deletion_window_in_days", "bypass_policy_lockout_safety_check"]
      aws_kms_key_policy                = ["bypass_policy_lockout_safety_check"]
      aws_secretsmanager_secret         = ["recovery_window_in_days", "force_overwrite_replica_secret"]
      aws_secretsmanager_secret_policy  = ["block_public_policy"]
      aws_secretsmanager_secret_version = ["secret_string_wo_version", "has_secret_string_wo"]
      aws_sns_topic_subscription        = ["confirmation_timeout_in_minutes", "endpoint_auto_confirms"]
      aws_ssm_parameter                 = ["overwrite", "value_wo_version", "has_value_wo"]
      aws_vpc_endpoint                  = ["auto_accept"]
    }
    # It makes these anew, whatever is changed in them, or changes them where others have changed what is theirs.
    fixed = [
      "aws_ecr_lifecycle_policy",
      "aws_iam_account_alias",
      "aws_iam_group_policies_exclusive",
      "aws_iam_group_policy_attachment",
      "aws_iam_role_policies_exclusive",
      "aws_iam_role_policy_attachment",
      "aws_iam_user_policies_exclusive",
      "aws_iam_user_policy_attachment",
      "aws_lb_target_group_attachment",
      "aws_internet_gateway_attachment",
      "aws_network_acl_rule",
      "aws_vpc_dhcp_options_association",
      "aws_cloudwatch_log_stream",
      "aws_kms_ciphertext",
      "aws_kms_grant",
    ]
  }
}
