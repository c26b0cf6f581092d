import { expect, test } from "vitest";
import { SynthReader, type SynthResource } from "../synth-reader.ts";
import { NODE_APP } from "../web-app.ts";
import { groundworkOf } from "./groundwork.ts";

const IMAGES = [{ app: NODE_APP, image: "nodejs-app:is-being-built" }];

function resource(address: string, attributes: Record<string, unknown> = {}): SynthResource {
  const [type, name] = address.replace(/^data\./, "").split(".") as [string, string];
  const kind = address.startsWith("data.") ? "data" : "resource";
  return { stack: "service", kind, type, name, address, attributes };
}

const groundwork = (...resources: SynthResource[]) =>
  groundworkOf(new SynthReader(resources), "service", IMAGES);

test("the network, the load balancer and its listener need no image", () => {
  expect(
    groundwork(
      resource("aws_vpc.vpc"),
      resource("aws_lb.alb", { subnets: ["${aws_subnet.one.id}"] }),
      resource("aws_subnet.one", { vpc_id: "${aws_vpc.vpc.id}" }),
      resource("aws_lb_listener.http", { load_balancer_arn: "${aws_lb.alb.arn}" }),
      resource("data.aws_region.here"),
    ),
  ).toEqual(["aws_vpc.vpc", "aws_lb.alb", "aws_subnet.one", "aws_lb_listener.http"]);
});

test("what names an image waits, and all that needs it, however far away", () => {
  expect(
    groundwork(
      resource("aws_cloudwatch_dashboard.d", { body: "${aws_ssm_parameter.two.arn}" }),
      resource("aws_ssm_parameter.two", { value: "${aws_ssm_parameter.one.value}" }),
      resource("aws_ssm_parameter.one", { value: '[{"image":"nodejs-app:is-being-built"}]' }),
      resource("aws_sns_topic.late", { depends_on: ["aws_ssm_parameter.two"] }),
      resource("aws_vpc.vpc"),
    ),
  ).toEqual(["aws_vpc.vpc"]);
});

test("nothing starts a task before its image is there, whatever the image is called", () => {
  expect(
    groundwork(
      resource("aws_ecs_task_definition.t", { container_definitions: "busybox" }),
      resource("aws_ecs_service.s", { task_definition: "family:1" }),
      resource("aws_appautoscaling_target.a", { resource_id: "${aws_ecs_service.s.id}" }),
      resource("aws_ecs_cluster.c"),
    ),
  ).toEqual(["aws_ecs_cluster.c"]);
});

test("what comes from a local value or a module could be anything, and waits", () => {
  expect(
    groundwork(
      resource("aws_vpc.one", { cidr_block: "${local.block}" }),
      resource("aws_vpc.two", { cidr_block: "${module.net.block}" }),
    ),
  ).toEqual([]);
});
