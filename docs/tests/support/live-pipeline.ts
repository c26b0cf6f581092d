import type { AwsClients } from "@workbook/lab-kit";

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

const actionOf = (category: "Source" | "Approval", provider: string) => ({
  name: category,
  actionTypeId: { category, owner: "AWS", provider, version: "1" } as const,
});

/** Makes a pipeline whose source is an object, which is there, and that waits for an approval behind it. */
export async function makePipeline({ codepipeline, iam, s3 }: AwsClients, name: string) {
  const Bucket = `${name}-files`;
  await s3.createBucket({ Bucket });
  await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
  await s3.putObject({ Bucket, Key: "app.zip", Body: "any" });
  const { Role } = await iam.createRole({
    RoleName: name,
    AssumeRolePolicyDocument: policy({
      Principal: { Service: "codepipeline.amazonaws.com" },
      Action: "sts:AssumeRole",
    }),
  });
  const PolicyDocument = policy({ Action: "s3:*", Resource: "*" });
  await iam.putRolePolicy({ RoleName: name, PolicyName: "own", PolicyDocument });
  const source = {
    ...actionOf("Source", "S3"),
    outputArtifacts: [{ name: "files" }],
    configuration: { S3Bucket: Bucket, S3ObjectKey: "app.zip" },
  };
  await codepipeline.createPipeline({
    pipeline: {
      name,
      pipelineType: "V2",
      roleArn: Role!.Arn!,
      artifactStore: { type: "S3", location: Bucket },
      stages: [
        { name: "Source", actions: [source] },
        { name: "Approval", actions: [actionOf("Approval", "Manual")] },
      ],
    },
  });
}

/** Approves what a pipeline of {@link makePipeline} waits with. */
export async function approvePipeline({ codepipeline }: AwsClients, name: string): Promise<void> {
  const { stageStates = [] } = await codepipeline.getPipelineState({ name });
  await codepipeline.putApprovalResult({
    pipelineName: name,
    stageName: "Approval",
    actionName: "Approval",
    token: stageStates[1]!.actionStates![0]!.latestExecution!.token!,
    result: { status: "Approved", summary: "seen" },
  });
}
