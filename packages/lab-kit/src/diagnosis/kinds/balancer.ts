import type { Kind } from "../kinds.ts";
import { ecsPage, elbPage } from "./pages.ts";

const HEALTH = elbPage("target-group-health-checks");
const LISTENERS = elbPage("load-balancer-listeners");
const RULES = elbPage("listener-rules");
const TROUBLE = elbPage("load-balancer-troubleshooting");
const BEHIND = ecsPage("service-load-balancing");
const WHO_ANSWERS = [
  "Which listener takes the request, and where does it send it?",
  "リクエストを受けるのはどのリスナーで、どこに送りますか。",
] as const;
const FORWARD = 'defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],';
const ASKED = [
  "What does the load balancer ask the tasks, and what do they answer?",
  "ALB はタスクに何をリクエストし、何が返っていますか。",
] as const;
const BETWEEN = [
  "What lies between the load balancer and the tasks?",
  "ALB とタスクの間には何がありますか。",
] as const;
const TO_BALANCER = [
  "Who may connect to the load balancer, and from where?",
  "ALB に接続できるのは誰で、どこからですか。",
] as const;
const HEALTH_LINE = 'healthCheck: { path: "/healthz", matcher: "200" },';

/** Causes between a client and the tasks. */
export const BALANCER_KINDS = {
  "target-group-missing": {
    question: WHO_ANSWERS,
    page: BEHIND,
    line: "targetGroupArn: targets.arn,",
  },
  "target-group-vpc": { question: BETWEEN, page: BEHIND, line: "vpcId: network.vpcId," },
  "service-not-registered": {
    question: [
      "Who registers the tasks in the target group?",
      "ターゲットグループにタスクを登録するのは誰ですか。",
    ],
    page: BEHIND,
    line: "loadBalancer: [{ targetGroupArn: targets.arn, containerName: …, containerPort: … }],",
  },
  "load-balancer-missing": { question: WHO_ANSWERS, page: LISTENERS, line: "./workbook deploy" },
  "listener-missing": {
    question: WHO_ANSWERS,
    page: LISTENERS,
    line: 'new LbListener(this, "…", { loadBalancerArn: alb.arn, port: …, protocol: "HTTP", defaultAction: … });',
  },
  "listener-port": { question: WHO_ANSWERS, page: LISTENERS, line: "port: …," },
  "listener-fixed-response": { question: WHO_ANSWERS, page: RULES, line: FORWARD },
  "listener-redirect": { question: WHO_ANSWERS, page: RULES, line: FORWARD },
  "listener-rule": {
    question: WHO_ANSWERS,
    page: RULES,
    line: "./workbook aws elbv2 describe-rules --listener-arn …",
  },
  "listener-target-group": { question: WHO_ANSWERS, page: LISTENERS, line: FORWARD },
  "forward-weight": { question: WHO_ANSWERS, page: RULES, line: FORWARD },
  "load-balancer-zone": {
    question: [
      "In which zones are the tasks, and in which the load balancer?",
      "タスクと ALB は、それぞれどの AZ にありますか。",
    ],
    page: HEALTH,
    line: "subnets: [...network.publicSubnetIds],",
  },
  "load-balancer-egress": {
    question: BETWEEN,
    page: elbPage("load-balancer-update-security-groups"),
    line: 'new VpcSecurityGroupEgressRule(this, "…", { securityGroupId: albSecurityGroup.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });',
  },
  "load-balancer-group": {
    question: [
      "Which security group has the load balancer, and which one do the tasks admit?",
      "ALB のセキュリティグループはどれで、タスクが許可しているのはどれですか。",
    ],
    page: ecsPage("troubleshoot-service-load-balancers"),
    line: "securityGroups: [albSecurityGroup.id],",
  },
  "task-ingress": {
    question: BETWEEN,
    page: ecsPage("troubleshoot-service-load-balancers"),
    line: "fromPort: …, toPort: …, referencedSecurityGroupId: albSecurityGroup.id,",
  },
  "target-group-protocol": { question: ASKED, page: HEALTH, line: 'protocol: "HTTP",' },
  "health-check-port": { question: ASKED, page: HEALTH, line: HEALTH_LINE },
  "app-port": {
    question: [
      "The load balancer came as far as the task, and was turned away. On which port does the app listen?",
      "ALB からタスクまでは届きましたが、接続が拒否されました。アプリはどのポートで待ち受けていますか。",
    ],
    page: ecsPage("troubleshoot-service-load-balancers"),
    line: 'environment: [{ name: "PORT", value: … }],',
  },
  "grace-period": {
    question: [
      "How long does a task need before it can answer?",
      "タスクが応答できるようになるまで、どれくらいかかりますか。",
    ],
    page: BEHIND,
    line: "healthCheckGracePeriodSeconds: 60,",
  },
  "health-check-matcher": { question: ASKED, page: HEALTH, line: HEALTH_LINE },
  "health-check-path": { question: ASKED, page: HEALTH, line: HEALTH_LINE },
  "health-check-error": { question: ASKED, page: TROUBLE, line: "./workbook logs" },
  "health-check-timeout": { question: ASKED, page: TROUBLE, line: "./workbook logs" },
  "targets-missing": {
    question: [
      "How many targets does the target group have?",
      "ターゲットグループにはターゲットがいくつありますか。",
    ],
    page: BEHIND,
    line: "./workbook aws ecs update-service --cluster … --service … --force-new-deployment",
  },
  "load-balancer-internal": { question: TO_BALANCER, page: TROUBLE, line: "internal: false," },
  "load-balancer-subnet": {
    question: TO_BALANCER,
    page: TROUBLE,
    line: "subnets: [...network.publicSubnetIds],",
  },
  "load-balancer-ingress": {
    question: TO_BALANCER,
    page: TROUBLE,
    line: "cidrIpv4: settings.homeCidr,",
  },
} as const satisfies Readonly<Record<string, Kind>>;
