import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAws, disconnectAws, type AwsClients, pollUntil } from "@workbook/lab-kit";
import { findOnPath } from "@workbook/toolchain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestWorkbook } from "../src/testing/workbook.ts";

const LONG = 15 * 60_000;
const CLUSTER = "workbook-hanako";
const SOLUTION = join(import.meta.dirname, "../../../labs/10-deploying/solution");
const isThere = findOnPath("ecspresso", process.env).length > 0;
const hasPlugin = findOnPath("session-manager-plugin", process.env).length > 0;
const allow = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });

/** The two services that ECS rolls, and where their images are. */
const APPS = [
  { app: "node-app", repository: "nodejs-app" },
  { app: "go-app", repository: "golang-app" },
] as const;

describe.skipIf(!isThere)(
  `ecspresso's commands against both services${isThere ? "" : " (ecspresso is not on PATH)"}`,
  { timeout: LONG },
  () => {
    let folder: string;
    let aws: AwsClients;
    let image: (repository: string) => string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "ecspresso-"));
      cpSync(SOLUTION, folder, { recursive: true });
      const made = await workbook.run(["run", "10"]);
      expect(made.code, made.stderr).toBe(0);
      const { export: env } = await workbook.json<{ export: Record<string, string> }>(["env"]);
      aws = await connectAws({
        region: env["AWS_REGION"]!,
        endpoint: env["AWS_ENDPOINT_URL"]!,
        credentials: {
          accessKeyId: env["AWS_ACCESS_KEY_ID"]!,
          secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]!,
        },
      });
      const tags = new Map<string, string>();
      for (const { repository } of APPS) {
        const { imageIds } = await aws.ecr.listImages({ repositoryName: `${repository}-hanako` });
        tags.set(repository, imageIds![0]!.imageTag!);
      }
      image = (repository) =>
        `${env["WORKBOOK_REGISTRY"]}/${repository}-hanako:${tags.get(repository)}`;
    }, LONG);
    afterAll(async () => {
      disconnectAws(aws);
      await workbook.remove();
      rmSync(folder, { recursive: true });
    }, LONG);

    /** Runs ecspresso with a configuration of the folder; what it prints. */
    async function ecspresso(
      config: string,
      args: readonly string[],
      env: NodeJS.ProcessEnv = {},
    ): Promise<string> {
      const { app, repository } = APPS.find((each) => config.startsWith(each.app)) ?? APPS[1];
      const line = ["ecspresso", "--config", join(folder, config), ...args];
      const ended = await workbook.run(line, { IMAGE: image(repository), ...env });
      const said = ended.stdout + ended.stderr;
      expect(ended.code, `${app}: ecspresso ${args.join(" ")}\n${said}`).toBe(0);
      return said;
    }

    const serviceOf = async (name: string) => {
      const { services } = await aws.ecs.describeServices({
        cluster: CLUSTER,
        services: [`${name}-hanako`],
      });
      return services![0]!;
    };
    const revisionOf = async (name: string) =>
      Number((await serviceOf(name)).taskDefinition!.split(":").at(-1));

    describe.each(APPS)("$app", ({ app, repository }) => {
      const config = `${app}/ecspresso.yml`;
      const run = (...args: readonly string[]) => ecspresso(config, args);

      test("verify, render and diff read Terraform's state, in S3 and from a file", async () => {
        const verified = await run("verify");
        expect(verified).toContain(`Image[${image(repository)}]\n      --> [OK]`);
        expect(verified).toContain("LogConfiguration[");
        expect(verified).toContain("LoadBalancer[0]\n    --> [OK]");
        expect(verified).toContain("Verify OK!");
        expect(verified).not.toContain("[NG]");
        const rendered = await run("render", "taskdef");
        expect(rendered).toContain(`"awslogs-group": "/ecs/${app}-hanako"`);
        expect(rendered).toMatch(/"executionRoleArn": "arn:aws:iam::\d{12}:role\/ecs-execution-/);
        const state = await workbook.run(["terraform", "service", "state", "pull"]);
        expect(state.code, state.stderr).toBe(0);
        writeFileSync(join(folder, "service.tfstate"), state.stdout);
        const local = `${app}/from-a-file.yml`;
        const source = readFileSync(join(folder, config), "utf8");
        writeFileSync(join(folder, local), source.replace(/url: .*/, "path: ../service.tfstate"));
        expect(await ecspresso(local, ["render", "taskdef"])).toContain(
          `"awslogs-group": "/ecs/${app}-hanako"`,
        );
        const difference = await ecspresso(config, ["diff"], { VERSION: "v2" });
        expect(difference).toMatch(/^\+ +"value": "v2"$/m);
        expect(difference).not.toContain("ecs-service-def.json");
      });

      test("an image that is not there is told before it is deployed", async () => {
        const line = ["ecspresso", "--config", join(folder, config), "verify"];
        const { code, stdout } = await workbook.run(line, {
          IMAGE: image(repository).replace(/:[^:]*$/, ":no-such-tag"),
        });
        expect(code).toBe(1);
        expect(stdout).toContain("--> [NG] 404 Not Found");
      });

      test("deploy, status, tasks, revisions, wait, scale and refresh", async () => {
        const before = await revisionOf(app);
        const deployed = await ecspresso(config, ["deploy"], { VERSION: "v2" });
        expect(deployed).toContain("service attributes will not change");
        expect(deployed).toContain("Service is stable now. Completed!");
        expect(await revisionOf(app)).toBeGreaterThan(before);
        const now = await revisionOf(app);
        expect(await run("status")).toContain(`PRIMARY ${app}-hanako:${now} desired:2`);
        expect(await run("tasks")).toMatch(new RegExp(`${app}-hanako:${now} .* RUNNING `));
        expect(await run("revisions")).toMatch(
          new RegExp(`${app}-hanako:${now} +\\| PRIMARY deployment`),
        );
        expect(await run("wait")).toContain("Service is stable now. Completed!");
        await run("scale", "--tasks", "3");
        expect(await serviceOf(app)).toMatchObject({ desiredCount: 3, runningCount: 3 });
        await run("scale", "--tasks", "2");
        expect(await serviceOf(app)).toMatchObject({ desiredCount: 2, runningCount: 2 });
        const [{ id }] = (await serviceOf(app)).deployments as [{ id: string }];
        await run("refresh");
        expect((await serviceOf(app)).deployments![0]!.id).not.toBe(id);
        expect(await revisionOf(app)).toBe(now);
      });

      test("run waits for a task by itself, and rollback and deregister take revisions back", async () => {
        const overrides = JSON.stringify({
          containerOverrides: [
            { name: app, environment: [{ name: "CRASH_ON_START", value: "0" }] },
          ],
        });
        const ran = await run("run", "--latest-task-definition", "--overrides", overrides);
        expect(ran).toContain("Run task completed!");
        const rolled = await revisionOf(app);
        expect(await run("rollback")).toContain(`${app}-hanako:${rolled} was deregistered`);
        expect(await revisionOf(app)).toBeLessThan(rolled);
        await run("register");
        const { taskDefinition } = await aws.ecs.describeTaskDefinition({
          taskDefinition: `${app}-hanako`,
        });
        await run("deregister", "--revision", String(taskDefinition!.revision), "--force");
        const { taskDefinition: gone } = await aws.ecs.describeTaskDefinition({
          taskDefinition: taskDefinition!.taskDefinitionArn,
        });
        expect(gone!.status).toBe("INACTIVE");
      });

      test("init writes files of a service, which then differ in nothing", async () => {
        const made = join(folder, `${app}-made`);
        cpSync(join(SOLUTION, app), made, { recursive: true });
        const files = ["ecs-task-def.json", "ecs-service-def.json"];
        const line = ["--service", `${app}-hanako`, "--cluster", CLUSTER, "--force-overwrite"];
        await ecspresso(`${app}-made/ecspresso.yml`, [
          "init",
          ...line,
          "--task-definition-path",
          join(made, files[0]!),
          "--service-definition-path",
          join(made, files[1]!),
        ]);
        for (const file of files) expect(existsSync(join(made, file))).toBe(true);
        expect(await ecspresso(`${app}-made/ecspresso.yml`, ["diff"])).not.toMatch(/^[-+] /m);
      });

      test("appspec says what CodeDeploy would want to know", async () => {
        expect(await run("appspec")).toContain(`ContainerName: ${app}\n`);
      });

      test("delete takes the service away, and deploy makes it again from its files", async () => {
        await run("delete", "--force", "--terminate");
        const gone = await pollUntil(
          () => serviceOf(app),
          ({ status }) => status === "INACTIVE",
          { deadlineMs: LONG },
        );
        expect(gone.last.status).toBe("INACTIVE");
        const made = await run("deploy", "--tasks", "2");
        expect(made).toContain("Creating a new service");
        expect(await serviceOf(app)).toMatchObject({ status: "ACTIVE", runningCount: 2 });
      });
    });

    test.skipIf(!hasPlugin)(
      `exec runs a command in a running task${hasPlugin ? "" : " (session-manager-plugin is not on PATH)"}`,
      async () => {
        const { Role } = await aws.iam.createRole({
          RoleName: "exec-hanako",
          AssumeRolePolicyDocument: allow({
            Principal: { Service: "ecs-tasks.amazonaws.com" },
            Action: "sts:AssumeRole",
          }),
        });
        await aws.iam.putRolePolicy({
          RoleName: "exec-hanako",
          PolicyName: "channels",
          PolicyDocument: allow({ Action: "ssmmessages:*", Resource: "*" }),
        });
        cpSync(join(SOLUTION, "node-app"), join(folder, "node-app-exec"), { recursive: true });
        const put = (file: string, before: string, line: string) => {
          const path = join(folder, "node-app-exec", file);
          const source = readFileSync(path, "utf8");
          writeFileSync(path, source.replace(before, `${line},\n  ${before}`));
        };
        put("ecs-task-def.json", '"family"', `"taskRoleArn": "${Role!.Arn!}"`);
        put("ecs-service-def.json", '"launchType"', '"enableExecuteCommand": true');
        const config = "node-app-exec/ecspresso.yml";
        await ecspresso(config, ["deploy"]);
        const { taskArns } = await aws.ecs.listTasks({
          cluster: CLUSTER,
          serviceName: "node-app-hanako",
        });
        const said = await ecspresso(config, [
          "exec",
          "--id",
          taskArns![0]!.split("/").at(-1)!,
          "--container",
          "node-app",
          "--command",
          `node -p "'answer ' + 6 * 7"`,
        ]);
        expect(said).toContain("answer 42");
      },
    );

    test("CodeDeploy is given its deployments, and takes one back", async () => {
      const config = "go-canary/ecspresso.yml";
      cpSync(join(SOLUTION, "go-app"), join(folder, "go-canary"), { recursive: true });
      for (const name of ["ecspresso.yml", "ecs-task-def.json", "ecs-service-def.json"]) {
        const file = join(folder, "go-canary", name);
        const source = readFileSync(file, "utf8")
          .replace(/(service: |"family": ")go-app-/, "$1go-canary-")
          .replaceAll("go_logs", "canary_logs")
          .replaceAll("go_security_group", "canary_security_group")
          .replaceAll("aws_lb_target_group.go_targets", "aws_lb_target_group.canary_blue")
          .replace(/ {4}"deploymentCircuitBreaker"[^]*?\n {4}\}\n/, "")
          .replace('"maximumPercent": 200,', '"maximumPercent": 200')
          .replace(
            '"launchType"',
            '"deploymentController": { "type": "CODE_DEPLOY" },\n  "launchType"',
          );
        writeFileSync(file, source);
      }
      expect(await ecspresso(config, ["appspec"])).toContain("ContainerName: go-app\n");
      const options = ["deploy", "--no-update-service"];
      const deployed = await ecspresso(config, options, { VERSION: "v2" });
      expect(deployed).toMatch(/Deployment d-[A-Z0-9]{9} is created on CodeDeploy/);
      const now = await serviceOf("go-canary");
      expect(now.taskSets!.find(({ status }) => status === "PRIMARY")).toMatchObject({
        stabilityStatus: "STEADY_STATE",
      });
      const said = await ecspresso(config, ["rollback"]);
      const [, target] = /Rolling back to (go-canary-hanako:\d+)\n/.exec(said)!;
      expect(now.taskDefinition).not.toMatch(new RegExp(`/${target}$`));
      const after = await serviceOf("go-canary");
      const primary = after.taskSets!.find(({ status }) => status === "PRIMARY");
      expect(primary!.taskDefinition).toMatch(new RegExp(`/${target}$`));
    });
  },
);
