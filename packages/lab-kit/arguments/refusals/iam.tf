resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 12
}

resource "aws_iam_saml_provider" "corporate" {
  name                   = "corporate"
  saml_metadata_document = join("", [for at in range(600) : "xx"])
}

resource "aws_iam_security_token_service_preferences" "v2" {
  global_endpoint_token_version = "v2Token"
}

resource "aws_iam_server_certificate" "web" {
  name             = "web"
  certificate_body = "certificate"
  private_key      = "key"
}

resource "aws_iam_user" "refused" {
  name = "refused"
}

resource "aws_iam_service_specific_credential" "git" {
  service_name = "codecommit.amazonaws.com"
  user_name    = aws_iam_user.refused.name
}

resource "aws_iam_signing_certificate" "own" {
  user_name        = aws_iam_user.refused.name
  certificate_body = "certificate"
}

resource "aws_iam_user_login_profile" "own" {
  user = aws_iam_user.refused.name
}

resource "aws_iam_user_ssh_key" "own" {
  username   = aws_iam_user.refused.name
  encoding   = "SSH"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQ own"
}

resource "aws_iam_virtual_mfa_device" "own" {
  virtual_mfa_device_name = "own"
}

resource "aws_iam_organizations_features" "root" {
  enabled_features = ["RootCredentialsManagement"]
}
