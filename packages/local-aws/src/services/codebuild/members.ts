import type { Members } from "../kit/members.ts";

const OF_PROJECTS = "vpcConfig badgeEnabled fileSystemLocations buildBatchConfig";

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    CreateProjectInput: OF_PROJECTS,
    UpdateProjectInput: OF_PROJECTS,
    StartBuildInput: "certificateOverride debugSessionEnabled fleetOverride hostKernelOverride",
    ProjectEnvironment: "computeConfiguration fleet certificate dockerServer hostKernel",
    ProjectArtifacts: "bucketOwnerAccess",
    S3LogsConfig: "bucketOwnerAccess",
    GitSubmodulesConfig: "fetchSubmodules",
    ImportSourceCredentialsInput: "username",
  },
  meaningless: [
    {
      why: [
        "Stored and shown: repositories of this machine take no credentials, are reached without TLS, and are told of no build.",
        "保存され、表示されます。このマシンのリポジトリには認証情報も TLS も不要で、ビルドの状態も通知されません。",
      ],
      members: {
        ProjectSource: "reportBuildStatus buildStatusConfig insecureSsl auth",
        StartBuildInput:
          "sourceAuthOverride insecureSslOverride reportBuildStatusOverride buildStatusConfigOverride",
      },
    },
  ],
  usedIn: {
    "settings.ts": {
      UpdateProjectInput:
        "artifacts autoRetryLimit cache encryptionKey environment logsConfig queuedTimeoutInMinutes secondaryArtifacts secondarySources secondarySourceVersions serviceRole source sourceVersion timeoutInMinutes",
    },
  },
};
