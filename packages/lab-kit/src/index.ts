export {
  type AnyCheck,
  type Check,
  type CheckResult,
  defineCheck,
  defineChecks,
  failed,
  passed,
  type SynthContext,
  type Tier,
} from "./check.ts";
export {
  breakStack,
  type Case,
  caseIn,
  casesOf,
  defineCases,
  hasHypothesis,
  notesIn,
  readNotebook,
  scoreOf,
} from "./cases.ts";
export { failureOf, PLACES, symptomPattern } from "./failures/catalogue.ts";
export { requestsAreLogged } from "./checks/access-logs.ts";
export { closedToOthers } from "./checks/closed-to-others.ts";
export {
  deployedService,
  loadBalancerOf,
  runningTasks,
  serviceNames,
  stoppedTasks,
} from "./checks/deployed.ts";
export { grantsOf, hasExecutionRole } from "./checks/execution-role.ts";
export { answersGreeting } from "./checks/greeting.ts";
export { covers, describeRule, type IngressRule, ingressRulesOf } from "./checks/ingress-rules.ts";
export { keepsWhatIsThere } from "./checks/keeps-what-is-there.ts";
export { hasListener } from "./checks/listener.ts";
export {
  groupNamed,
  type LiveNetwork,
  readNetwork,
  subnetsOf,
  wayOutOf,
} from "./checks/live-network.ts";
export { hasRepository } from "./checks/repository.ts";
export { admitsOnlyTheWayIn } from "./checks/security-groups.ts";
export {
  allowedBy,
  allows,
  allowsAction,
  isWide,
  type Statement,
  statementsOf,
} from "./checks/role-policies.ts";
export { hasService } from "./checks/service.ts";
export { servicesAreSteady } from "./checks/services-steady.ts";
export { severalTasksAnswer } from "./checks/several-tasks.ts";
export { combined, type Step, walk } from "./checks/steps.ts";
export { gatewaysOf } from "./checks/subnets.ts";
export { TAGS_MUTABLE } from "./checks/tags-mutable.ts";
export { targetsAreHealthy } from "./checks/targets-healthy.ts";
export { hasTaskDefinition } from "./checks/task-definition.ts";
export { hasLogs } from "./checks/task-logs.ts";
export {
  type Container,
  containerOf,
  containersOf,
  listed,
  parseJsonText,
  repositoryName,
  servicesOf,
  taskDefinitionsOf,
} from "./checks/wiring.ts";
export { ContainerError, type LocalImage, NodeContainer } from "./container/node-container.ts";
export { type DeployReporter, inStep, QUIET, type StepReporter } from "./deploy/reporter.ts";
export {
  type Checkpoint,
  type FoundTools,
  stateBucketName,
  type Target,
  type TargetLane,
  whereTasksRun,
} from "./deploy/target.ts";
export type {
  Diagnosis,
  DiagnosisQuestion,
  DiagnosisScope,
  Finding,
} from "./diagnosis/diagnose.ts";
export { hint, withLines } from "./hint.ts";
export { createRequester, type EffectiveAddress, HttpRequestError } from "./http-request.ts";
export { costPerHour, defineLab, type LabManifest } from "./lab.ts";
export { dependenciesOf, labFiles } from "./lab-copy.ts";
export { fitsTag, lineTag } from "./line-tags.ts";
export {
  type AwsClients,
  type AwsConnection,
  connectAws,
  disconnectAws,
  type LiveContext,
} from "./live.ts";
export {
  findFullHandsOn,
  findLab,
  type Lab,
  LabNotFoundError,
  listLabs,
  loadLab,
  loadLabs,
  readManifests,
  loadPart,
} from "./load-lab.ts";
export { defineMutations, type Mutation } from "./mutation.ts";
export { pollUntil } from "./poll.ts";
export {
  APPLICATION_LOAD_BALANCER,
  FARGATE_GB,
  FARGATE_VCPU,
  NAT_GATEWAY,
  PUBLIC_ADDRESS,
  T2_MICRO,
} from "./prices.ts";
export { learnerCompilerOptions } from "./program/compiler-options.ts";
export { allRepositories } from "./repositories.ts";
export type { CheckReport, CheckReportEntry } from "./run-checks.ts";
export { type LabSettings, synthesise, type SynthesiseOptions } from "./synth.ts";
export { runSynthChecks } from "./synth-checks.ts";
export { blocksOf, SynthReader, type SynthResource } from "./synth-reader.ts";
export { WarmSynth } from "./warm-synth.ts";
export { GO_APP, NODE_APP, type PublicApp, type WebApp } from "./web-app.ts";
export {
  arrow,
  box,
  definePicture,
  frame,
  label,
  note,
  type PictureStep,
  taskDefinition,
  tasks,
  type Shape,
} from "./picture.ts";
export { defineTeaching, type Teaching } from "./teaching.ts";
export { newLabFiles } from "./new-lab.ts";
