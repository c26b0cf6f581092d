import type { PipelinePicture } from "./pipeline-message.ts";

/**
 * What `/_local/live` sends to a page, as JSON, one server-sent event each: the member `type` of a message is the event's
 * name. Times are milliseconds since 1970.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export type LiveMessage =
  | ClockMessage
  | PictureMessage
  | ReportMessage
  | LogMessage
  | RequestMessage;

/** The pace of idle waiting. Sent when a page connects, and again when it has changed. */
export interface ClockMessage {
  readonly type: "clock";
  readonly at: number;
  /** How many times faster than on AWS idle waiting passes: 1 is AWS's own pace. */
  readonly acceleration: number;
}

/** All that is drawn. Sent when a page connects, and again whenever something of it has changed. */
export interface PictureMessage {
  readonly type: "picture";
  readonly at: number;
  readonly repositories: readonly RepositoryPicture[];
  readonly vpcs: readonly VpcPicture[];
  readonly clusters: readonly ClusterPicture[];
  readonly paths: readonly PathPicture[];
  /** The roles of the services' tasks, by name. */
  readonly roles: readonly RolePicture[];
  /** By name. */
  readonly pipelines: readonly PipelinePicture[];
  /** What runs by the calendar: the next one first, those that never will at the end. */
  readonly schedules: readonly SchedulePicture[];
  /** By how many milliseconds the calendar is ahead of the clock. */
  readonly calendarAhead: number;
}

/** A role that services' tasks have, what its own policies say, and what it was refused. */
export interface RolePicture {
  readonly roleArn: string;
  readonly name: string;
  readonly uses: readonly {
    readonly service: string;
    readonly as: "execution role" | "task role";
  }[];
  readonly exists: boolean;
  /** The ARN of its permissions boundary. */
  readonly boundary: string | null;
  readonly rights: readonly RightPicture[];
  /** What it asked for in vain since the server started, the newest last. */
  readonly denials: readonly {
    readonly action: string;
    readonly resource: string;
    readonly at: number;
    readonly times: number;
  }[];
}

/** One action of a statement on one resource, as the statement writes them; `≠` is before what `NotAction` and `NotResource` name. */
export interface RightPicture {
  readonly action: string;
  readonly resource: string;
  /** What comes of it once all policies of the role are asked. */
  readonly effect: "allowed" | "on conditions" | "beyond the boundary" | "denied";
}

/** A schedule of EventBridge Scheduler, or a rule with one. */
export interface SchedulePicture {
  readonly kind: "schedule" | "rule";
  readonly name: string;
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly expression: string;
  /** In which the expression is read, such as `Asia/Tokyo`. */
  readonly timeZone: string;
  readonly isEnabled: boolean;
  /** Null where there is no next time. */
  readonly next: number | null;
}

/** A repository of ECR. */
export interface RepositoryPicture {
  readonly name: string;
  /** How many images are in it. */
  readonly images: number;
}

/** A VPC that somebody has made: the default VPC is not shown. */
export interface VpcPicture {
  readonly vpcId: string;
  readonly name: string | null;
  readonly cidrBlock: string;
  readonly hasInternetGateway: boolean;
  readonly subnets: readonly SubnetPicture[];
  readonly loadBalancers: readonly LoadBalancerPicture[];
}

export interface SubnetPicture {
  readonly subnetId: string;
  readonly name: string | null;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly isPublic: boolean;
  readonly natGateways: readonly { readonly natGatewayId: string; readonly state: string }[];
}

export interface LoadBalancerPicture {
  readonly loadBalancerArn: string;
  readonly name: string;
  readonly scheme: string;
  readonly state: string;
  readonly subnetIds: readonly string[];
  readonly listeners: readonly ListenerPicture[];
}

export interface ListenerPicture {
  readonly listenerArn: string;
  readonly protocol: string;
  readonly port: number;
  /** Where it answers on this machine, such as `http://127.0.0.1:80`; null where it answers nowhere. */
  readonly url: string | null;
  readonly targetGroups: readonly TargetGroupPicture[];
}

export interface TargetGroupPicture {
  readonly targetGroupArn: string;
  readonly name: string;
  readonly targets: readonly TargetPicture[];
}

export interface TargetPicture {
  readonly address: string;
  readonly port: number;
  readonly taskArn: string | null;
  /** `initial`, `healthy`, `unhealthy`, `draining` or `unused`. */
  readonly state: string;
  /** AWS's code, such as `Target.Timeout`. */
  readonly reason: string | null;
  readonly description: string | null;
}

export interface ClusterPicture {
  readonly clusterArn: string;
  readonly name: string;
  readonly services: readonly ServicePicture[];
  /** All tasks of the cluster that have not stopped, those of services among them, oldest first. */
  readonly tasks: readonly TaskPicture[];
}

export interface ServicePicture {
  readonly serviceArn: string;
  readonly name: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  /** The newest first: two of them while a rolling update is under way. */
  readonly deployments: readonly {
    readonly id: string;
    /** `PRIMARY` or `ACTIVE`. */
    readonly status: string;
    /** Family and revision: `node-app-hanako:3`. */
    readonly taskDefinition: string;
    readonly rolloutState: string | null;
  }[];
  /** The newest first, five at most. */
  readonly events: readonly {
    readonly id: string;
    readonly at: number;
    readonly message: string;
  }[];
  /** Null where it is not registered as a scalable target. */
  readonly scaling: ScalingPicture | null;
}

/** How a service scales, and how many tasks it had; as far back as that is known, oldest first. */
export interface ScalingPicture {
  readonly min: number;
  readonly max: number;
  /** How many tasks ran, from when on. */
  readonly running: readonly { readonly at: number; readonly count: number }[];
  readonly alarms: readonly AlarmPicture[];
}

/** An alarm that invokes a scaling policy. */
export interface AlarmPicture {
  readonly name: string;
  readonly policy: string;
  /** Whether it is for more tasks or for fewer. */
  readonly direction: "out" | "in";
  /** The metric's name; null where the alarm looks at an expression. */
  readonly metric: string | null;
  readonly threshold: number | null;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`, from when on; the last one is what it is now. */
  readonly states: readonly { readonly at: number; readonly state: string }[];
}

export interface TaskPicture {
  readonly taskArn: string;
  readonly serviceName: string | null;
  /** Family and revision: `node-app-hanako:3`. */
  readonly taskDefinition: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly subnetId: string | null;
  readonly address: string | null;
  readonly startedAt: number | null;
}

/** Whether one can open a connection to another, from routes, network ACLs and security groups. */
export interface PathPicture {
  /** `internet` (anybody), `home` (the learner's address), a load balancer's name, or a service's name (its tasks). */
  readonly from: string;
  /** A load balancer's name, a service's name, or `internet`. */
  readonly to: string;
  readonly port: number;
  readonly allowed: boolean;
  /** Local AWS's code for a way that is closed, such as `SecurityGroupIngress`. */
  readonly code: string | null;
  /** A sentence in English that names the rule or route that is missing; null where it is open. */
  readonly reason: string | null;
}

/** One text in each language of the pages. */
export interface BothLanguages {
  readonly en: string;
  readonly ja: string;
}

/** The outcome of a lab's checks, as `check --json` prints it. The last one of each lab is sent when a page connects. */
export interface ReportMessage {
  readonly type: "report";
  readonly at: number;
  readonly lab: string;
  readonly checks: readonly {
    readonly id: string;
    readonly tier: "synth" | "plan" | "live";
    readonly title: BothLanguages;
    readonly status: "passed" | "failed" | "error" | "not-run";
    readonly expected: BothLanguages | null;
    readonly actual: BothLanguages | null;
  }[];
}

/** Lines that tasks wrote to CloudWatch Logs. The last fifty are sent when a page connects. */
export interface LogMessage {
  readonly type: "log";
  readonly events: readonly {
    readonly at: number;
    readonly logGroup: string;
    readonly logStream: string;
    /** The id of the task, the last part of its ARN, where the stream's name ends with one. */
    readonly taskId: string | null;
    readonly message: string;
  }[];
}

/** A request that a page had sent through a listener: also what `POST /_local/requests` answers. */
export interface RequestMessage {
  readonly type: "request";
  readonly at: number;
  readonly listenerArn: string;
  readonly path: string;
  /** The response's status; null where nothing answered. */
  readonly status: number | null;
  /** The first 2,000 characters of the body, or why nothing answered. */
  readonly body: string;
  readonly seconds: number;
  /** Who answered, as the load balancer knows it; null where it answered by itself. */
  readonly target: string | null;
  readonly taskArn: string | null;
}

/** What `POST /_local/load` answers: how many requests were sent, and how many of them nothing answered, or with a server's error. */
export interface LoadAnswer {
  readonly sent: number;
  readonly lost: number;
}
