import { expect, test } from "vitest";

import { parseJsonencode } from "./jsonencode.ts";

test("reads lists, objects and every kind of literal, as cdktf writes them", () => {
  const text =
    '${jsonencode([{"name" = "go-app", "essential" = true, "weight" = 1.5, "nothing" = null, "portMappings" = [{"containerPort" = 8080}], "links" = []}])}';
  expect(parseJsonencode(text)).toEqual([
    {
      name: "go-app",
      essential: true,
      weight: 1.5,
      nothing: null,
      portMappings: [{ containerPort: 8080 }],
      links: [],
    },
  ]);
});

test("hands references back as Terraform would interpolate them", () => {
  const text =
    '${jsonencode({"group" = aws_cloudwatch_log_group.go_logs.name, "image" = "${aws_ecr_repository.go.repository_url}:v1"})}';
  expect(parseJsonencode(text)).toEqual({
    group: "${aws_cloudwatch_log_group.go_logs.name}",
    image: "${aws_ecr_repository.go.repository_url}:v1",
  });
});

test("undoes escapes", () => {
  expect(parseJsonencode('${jsonencode(["a\\nb", "say \\"hi\\"", "c:\\\\d"])}')).toEqual([
    "a\nb",
    'say "hi"',
    "c:\\d",
  ]);
});

test.each([
  "[]",
  '${file("x")}',
  "${jsonencode([for name in var.names : name])}",
  '${jsonencode(["a" "b"])}',
  '${jsonencode({"a" = })}',
  '${jsonencode(["a"] )x)}',
])("does not pretend to read %s", (text) => {
  expect(parseJsonencode(text)).toBeUndefined();
});
