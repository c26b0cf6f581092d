#!/bin/sh
# Prints the password of the account's registry. With the AWS CLI one command does it; where a build image has none, the same
# is asked of ECR by curl, signed with the credentials of the build's role.
set -eu
if command -v aws >/dev/null; then
  exec aws ecr get-login-password
fi
role=$(curl -sf "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
of() { echo "$role" | jq -r ".$1"; }
curl -sf "${AWS_ENDPOINT_URL:-https://api.ecr.$AWS_REGION.amazonaws.com}/" \
  --aws-sigv4 "aws:amz:$AWS_REGION:ecr" --user "$(of AccessKeyId):$(of SecretAccessKey)" \
  -H "X-Amz-Security-Token: $(of Token)" -H "Content-Type: application/x-amz-json-1.1" \
  -H "X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken" -d '{}' |
  jq -r '.authorizationData[0].authorizationToken' | base64 -d | cut -d: -f2
