import { expect, test } from "vitest";

import { namesIn, namesReferredTo } from "./hint-names.ts";

test.each([
  ["cluster: cluster.arn, desiredCount: 2,", ["cluster"]],
  ["subnets: [...network.privateSubnetIds], …", ["network"]],
  ["dependsOn: [listener, this.network.egress],", ["listener", "this.network"]],
  [
    'new EcsService(this, "go_service", { name: settings.named("go") });',
    ["EcsService", "settings"],
  ],
  ["loadBalancer: [{ targetGroupArn, containerPort: 80 }],", ["targetGroupArn"]],
  ["assignPublicIp: false,", []],
  ["policy: JSON.stringify({ Principal: { Service: `a.b` } }),", ["JSON"]],
])("finds what %s refers to", (line, names) => {
  expect(namesReferredTo(line)).toEqual(names);
});

test.each(["./workbook deploy", "curl http://…/info", 'CMD ["node", "src/main.js"]'])(
  "takes %s for no TypeScript",
  (line) => {
    expect(namesReferredTo(line)).toEqual([]);
  },
);

test("knows what a source takes of this from what it calls by itself", () => {
  const names = namesIn("const { settings } = this;\nthis.goApp(network.vpcId);");
  expect([...names]).toEqual(expect.arrayContaining(["settings", "network", "this.goApp"]));
  expect(names.has("goApp")).toBe(false);
});
