import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Operations.html, each operation's errors. Words without a source beside them are unverified. */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const invalidStructure = fault("InvalidStructureException");
export const invalidStage = fault("InvalidStageDeclarationException");
export const invalidAction = fault("InvalidActionDeclarationException");
export const invalidTags = fault("InvalidTagsException");
export const tooManyTags = () =>
  fault("TooManyTagsException")("A resource can have at most 50 tags.");
export const invalidArn = fault("InvalidArnException");
export const invalidToken = () =>
  fault("InvalidNextTokenException")("The next token is not valid.");
export const validation = fault("ValidationException");
export const nameInUse = (name: string) =>
  fault("PipelineNameInUseException")(`A pipeline with the name '${name}' already exists`);
/** https://github.com/hashicorp/terraform-provider-aws/issues/14019 */
export const pipelineMissing = (account: string, name: string) =>
  fault("PipelineNotFoundException")(
    `Account '${account}' does not have a pipeline with name '${name}'`,
  );
export const versionMissing = (name: string, version: number) =>
  fault("PipelineVersionNotFoundException")(`Pipeline '${name}' has no version ${version}`);
export const executionMissing = (name: string, id: string) =>
  fault("PipelineExecutionNotFoundException")(
    `Pipeline '${name}' does not have an execution with ID '${id}'`,
  );
export const stageMissing = (pipeline: string, stage: string) =>
  fault("StageNotFoundException")(`Pipeline '${pipeline}' does not have a stage '${stage}'`);
export const actionMissing = (stage: string, action: string) =>
  fault("ActionNotFoundException")(`Stage '${stage}' does not have an action '${action}'`);
export const notStoppable = fault("PipelineExecutionNotStoppableException");
export const stoppedTwice = (id: string) =>
  fault("DuplicatedStopRequestException")(
    `The pipeline execution '${id}' is already in a Stopping state.`,
  );
export const notRetryable = fault("StageNotRetryableException");
export const notLatest = (stage: string) =>
  fault("NotLatestPipelineExecutionException")(
    `The stage '${stage}' has a later pipeline execution: only the latest can be retried.`,
  );
export const unableToRollBack = fault("UnableToRollbackStageException");
export const approvalMissing = () =>
  fault("InvalidApprovalTokenException")("Invalid approval token.");
export const approvalDone = () =>
  fault("ApprovalAlreadyCompletedException")("The approval request has already been completed.");
export const tooManyAtOnce = (name: string) =>
  fault("ConcurrentPipelineExecutionsLimitExceededException")(
    `The pipeline '${name}' has reached its limit of 50 concurrent executions.`,
  );
