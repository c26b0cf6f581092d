import { lastPart } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { malformedPolicy } from "./faults.ts";
import { valuePosition, type JsonPath } from "./json-position.ts";
import { type OneOrMany, type RawStatement, toList } from "./policy-document.ts";
import { roles, users } from "./state.ts";
import {
  isConditionBlock,
  isObject,
  STATEMENT_ELEMENTS,
  TOP_ELEMENTS,
  VERSIONS,
} from "./validate-policy.ts";

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
function isServicePrincipal(principal: string): boolean {
  const name =
    /^([a-z0-9-]+(?:\.[a-z0-9-]+)*?)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/.exec(
      principal,
    )?.[1];
  return name !== undefined && KNOWN.has(name);
}

const ACTIONS = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].map(
  (action) => action.toLowerCase(),
);
const PRINCIPALS = ["Service", "AWS", "Federated", "CanonicalUser"];
const OTHER_STS_ACTIONS = ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"];

/**
 * Checks who may assume a role. IAM reads the document element by element, and tells where it stopped.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 * @throws AwsError `MalformedPolicyDocument`, in IAM's words
 */
export function checkTrustPolicy(scope: Scope, document: string): void {
  for (const statement of readTrustStatements(document)) {
    for (const field of ["Resource", "NotResource"])
      if (statement[field] !== undefined) throw malformedPolicy(`Has prohibited field ${field}`);
    if (statement.Effect === undefined) throw malformedPolicy("Missing required field Effect");
    checkActions(statement);
    const principal = statement.Principal ?? statement.NotPrincipal;
    if (principal === undefined) throw malformedPolicy("Missing required field Principal");
    checkPrincipal(scope, principal);
  }
}

function readTrustStatements(document: string): readonly RawStatement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw malformedPolicy("This policy contains invalid Json");
  }
  if (!isObject(policy)) throw malformedPolicy("This policy contains invalid Json");
  const fail = (...path: JsonPath) =>
    malformedPolicy(`Syntax error at position ${valuePosition(document, path)}`);
  for (const [name, value] of Object.entries(policy)) {
    const isText = name === "Statement" || typeof value === "string";
    if (!TOP_ELEMENTS.includes(name) || !isText) throw fail(name);
    if (name === "Version" && !VERSIONS.includes(value as string)) throw fail(name);
  }
  if (policy["Statement"] === undefined) throw fail("Statement");
  const isList = Array.isArray(policy["Statement"]);
  const statements = toList(policy["Statement"]);
  if (statements.length === 0)
    throw malformedPolicy("Could not parse the policy: Statement is empty!");
  for (const [index, statement] of statements.entries()) {
    const place = isList ? ["Statement", index] : ["Statement"];
    if (!isObject(statement)) throw fail(...place);
    const wrong = Object.keys(statement).find((name) => !isElement(name, statement[name]));
    if (wrong !== undefined) throw fail(...place, ...wrongIn(wrong, statement[wrong]));
  }
  return statements as readonly RawStatement[];
}

function isElement(name: string, value: unknown): boolean {
  if (!STATEMENT_ELEMENTS.includes(name)) return false;
  if (name === "Effect") return value === "Allow" || value === "Deny";
  if (name === "Sid") return typeof value === "string";
  if (name === "Condition") return isConditionBlock(value);
  const isTexts = toList(value).every((text) => typeof text === "string");
  if (!name.endsWith("Principal")) return isTexts;
  return isObject(value)
    ? Object.entries(value).every(
        ([kind, names]) =>
          PRINCIPALS.includes(kind) && toList(names).every((text) => typeof text === "string"),
      )
    : typeof value === "string";
}

/** The way to what is wrong of an element: a kind of principal that there is not, or the element. */
function wrongIn(name: string, value: unknown): JsonPath {
  const kind = name.endsWith("Principal") && isObject(value) ? Object.keys(value) : [];
  const wrong = kind.find((each) => !PRINCIPALS.includes(each));
  return wrong === undefined ? [name] : [name, wrong];
}

function checkActions(statement: RawStatement): void {
  const actions = toList(
    (statement.Action ?? statement.NotAction) as OneOrMany<string> | undefined,
  );
  if (actions.length === 0) throw malformedPolicy("Missing required field Action");
  for (const action of actions.map((text) => text.toLowerCase()))
    if (![...ACTIONS, ...OTHER_STS_ACTIONS, "sts:*", "*"].includes(action))
      throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
}

const invalidPrincipal = (kind: string, name: string) =>
  malformedPolicy(`Invalid principal in policy: "${kind.toUpperCase()}":"${name}"`);

function checkPrincipal(scope: Scope, element: unknown): void {
  if (element === "*") return;
  if (typeof element !== "object" || element === null || Array.isArray(element))
    throw malformedPolicy(`Invalid principal in policy: "STAR":"${String(element)}"`);
  for (const [kind, names] of Object.entries(element as Record<string, OneOrMany<string>>))
    for (const name of toList(names)) {
      if (kind === "Service" && !isServicePrincipal(name)) throw invalidPrincipal(kind, name);
      if (kind === "AWS" && !isAwsPrincipal(scope, name)) throw invalidPrincipal(kind, name);
    }
}

/** Whether a policy may name this as a principal: an account, its root, or somebody in it. Of other accounts nobody can tell who is there. */
export function isAwsPrincipal(scope: Scope, name: string): boolean {
  if (name === "*" || /^\d{12}$/.test(name)) return true;
  const [, account, kind, rest = ""] =
    /^arn:aws:(?:iam|sts)::(\d{12}):(root|user|role|assumed-role)(?:\/(.+))?$/.exec(name) ?? [];
  if (account === undefined) return false;
  if (account !== scope.account || kind === "root" || kind === "assumed-role") return true;
  const entity = lastPart(rest);
  if (kind === "role") return scope.of(roles).get(entity)?.arn === name;
  // Users that a workspace's keys stand for are not stored.
  return scope.of(users).get(entity)?.arn === name || entity === "workbook";
}
