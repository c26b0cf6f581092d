/**
 * Names of services that may stand as a principal, without `.amazonaws.com`. IAM refuses others. From the services' own pages
 * and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
 */
const NAMES = `
access-analyzer acm acm-pca airflow airflow-env amplify aoss apigateway appflow application-autoscaling
application-insights appmesh apprunner appsync arc-zonal-shift athena auditmanager autoscaling autoscaling-plans
backup batch bedrock build.apprunner tasks.apprunner budgets cassandra ce chatbot cloud9 clouddirectory cloudformation
cloudfront cloudhsm cloudsearch cloudtrail cloudwatch cloudwatch-crossaccount codeartifact codebuild codecommit
codeconnections codedeploy codeguru-profiler codeguru-reviewer codepipeline codestar codestar-connections
codestar-notifications cognito-identity cognito-idp cognito-sync comprehend compute-optimizer config
config-conforms config-multiaccountsetup connect controltower dax databrew datapipeline datasync delivery.logs
devops-guru dlm dms docdb-elastic ds dynamodb dynamodb.application-autoscaling ec2 ec2.application-autoscaling
ec2fleet ec2scheduled ecr ecs ecs-tasks ecs.application-autoscaling edgelambda eks eks-fargate eks-fargate-pods
eks-nodegroup elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce
elasticmapreduce.application-autoscaling elastictranscoder email.cognito-idp emr-containers emr-serverless es events
export.rds firehose fis fms forecast freertos fsx gamelift globalaccelerator glue grafana greengrass guardduty health
healthlake iam imagebuilder inspector inspector2 internetmonitor iot iotevents iotsitewise iotthingsgraph ivs jellyfish
kafka kafkaconnect kendra kinesis kinesisanalytics kms lakeformation lambda lex lexv2 license-manager lightsail logdelivery
logger.cloudfront logs lookoutmetrics m2 machinelearning macie managedblockchain mediaconnect mediaconvert medialive
mediapackage mediastore mediatailor member.org.stacksets mgn migrationhub mobileanalytics monitoring monitoring.rds mq
neptune network-firewall networkmanager notifications oam ops.apigateway opensearchservice opsworks opsworks-cm
organizations osis outposts personalize pinpoint pipes polly pricing qldb quicksight ram rds rds.application-autoscaling
redshift redshift-serverless rekognition replication.dynamodb replicator.lambda resilience-hub resource-explorer-2
resource-groups robomaker rolesanywhere route53 route53-recovery-control-config route53domains route53resolver rum
s3 sagemaker scheduler scheduler.redshift schemas secretsmanager securityhub serverlessrepo servicecatalog
servicecatalog-appregistry servicediscovery servicequotas ses shield signer signin sms-voice sms-sap snow-device-management
sns spot spotfleet sqs ssm ssm-incidents ssm-sap ssmmessages sso states storagegateway streams.metrics.cloudwatch sts
support swf synthetics tagging textract timestream tnb transcribe transcribe.streaming transfer translate
transitgateway translate trustedadvisor tts verifiedpermissions vmie vpc-flow-logs vpc-lattice vpce voiceid waf
waf-regional wafv2 wellarchitected wisdom workdocs worklink workmail workspaces workspaces-web xray
`;

const KNOWN: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));

/** True for `ecs-tasks.amazonaws.com`, and for the regional form that some services have. */
export function isServicePrincipal(principal: string): boolean {
  const name =
    /^([a-z0-9-]+(?:\.[a-z0-9-]+)*?)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/.exec(
      principal,
    )?.[1];
  return name !== undefined && KNOWN.has(name);
}
