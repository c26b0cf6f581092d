import { defineMutations } from "@workbook/lab-kit";

const file = "stack.ts";

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "cluster-in-the-network",
    file,
    replace: 'this.publish("vpc-id", network.vpcId);',
    by: 'this.publish("vpc-id", network.vpcId);\n    new Cluster(this, "cluster_2", { name: settings.named("second") });',
    caughtBy: "network",
    fault: "together",
  },
  {
    id: "lock-left-out",
    file,
    replace: ", use_lockfile: true };",
    by: " };",
    caughtBy: "states",
    fault: "no-lock",
  },
  {
    id: "one-key-for-all",
    file,
    replace: "key: `${owner}/${id}.tfstate`",
    by: "key: `${owner}/${id.length > 0}.tfstate`",
    caughtBy: "states",
    fault: "same-key",
  },
  {
    id: "bucket-in-the-program",
    file,
    replace: "return { key:",
    by: 'return { bucket: "my-states", key:',
    caughtBy: "states",
    fault: "not-partial",
  },
  {
    id: "data-without-protection",
    file,
    replace: "      lifecycle: { preventDestroy: true },\n",
    by: "",
    caughtBy: "data",
    fault: "unprotected",
  },
  {
    id: "log-group-in-the-network",
    file,
    replace: 'this.publish("vpc-id", network.vpcId);',
    by: 'this.publish("vpc-id", network.vpcId);\n    new LogGroup(this, "flow_logs", { name: "/flow" });',
    caughtBy: "network",
    fault: "foreign",
  },
  {
    id: "object-left-in-the-service",
    file,
    replace:
      '    new S3Object(this, "note", { bucket: notes.bucket, key: "hello.txt", content: "Hello" });\n',
    by: "",
    also: [
      {
        replace: 'const bucket = this.told("data", "notes-bucket");',
        by: 'const bucket = this.told("data", "notes-bucket");\n    new S3Object(this, "note", { bucket, key: "hello.txt", content: "Hello" });',
      },
    ],
    caughtBy: "data",
    fault: "left-behind",
  },
  {
    id: "outputs-read-from-the-state",
    file,
    replace: 'const vpcId = this.told("network", "vpc-id");',
    by: 'const vpcId = new DataTerraformRemoteStateS3(this, "network", { bucket: "states", key: "network" }).getString("vpc_id");',
    also: [
      {
        replace: "import { type App, Fn,",
        by: "import { type App, DataTerraformRemoteStateS3, Fn,",
      },
    ],
    caughtBy: "contract",
    fault: "remote-state",
  },
  {
    id: "another-name-on-the-other-side",
    file,
    replace: 'this.publish("vpc-id", network.vpcId);',
    by: 'this.publish("vpc", network.vpcId);',
    caughtBy: "contract",
    fault: "unpublished",
  },
  {
    id: "no-order-between-two",
    file,
    replace: "[network, data, parameters]",
    by: "[network, parameters]",
    caughtBy: "contract",
    fault: "no-order",
  },
  {
    id: "secret-told-by-value",
    file,
    replace: 'this.publish("site-name-arn", siteName.arn);',
    by: 'this.publish("site-name-arn", siteName.arn, "SecureString");',
    caughtBy: "contract",
    fault: "secret",
  },
  {
    id: "renamed-on-the-way",
    file,
    replace: 'new SsmParameter(this, "site_name", {',
    by: 'new SsmParameter(this, "shop_name", {',
    caughtBy: "plan-keeps",
    fault: "destroys",
    tier: "plan",
  },
  {
    id: "data-made-anew",
    file,
    replace: 'bucketPrefix: `${settings.named("notes")}-`',
    by: 'bucketPrefix: `${settings.named("papers")}-`',
    caughtBy: "plan-keeps",
    fault: "replaces",
    tier: "plan",
    deployed: { refused: "Instance cannot be destroyed" },
  },
]);
