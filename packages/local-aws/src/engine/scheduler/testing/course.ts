import * as fc from "fast-check";
import { networkInterfaces } from "../../../services/ec2/state.ts";
import type { World } from "./world.ts";

const MINUTE_MS = 60_000;
/** Simulated minutes in which everything comes to rest: start failures are waited out for fifteen of them. */
const LONGEST_MINUTES = 120;

/** How a service is deployed. */
export const strategies = fc.oneof(
  fc.record({
    strategy: fc.constant("ROLLING"),
    minimumHealthyPercent: fc.constantFrom(0, 50, 67, 100),
    maximumPercent: fc.constantFrom(100, 125, 150, 200),
  }),
  fc.record({
    strategy: fc.constant("BLUE_GREEN"),
    bakeTimeInMinutes: fc.constantFrom(0, 5),
  }),
  fc.record({
    strategy: fc.constant("CANARY"),
    bakeTimeInMinutes: fc.constantFrom(0, 3),
    canaryConfiguration: fc.constant({ canaryPercent: 10, canaryBakeTimeInMinutes: 2 }),
  }),
  fc.record({
    strategy: fc.constant("LINEAR"),
    bakeTimeInMinutes: fc.constant(1),
    linearConfiguration: fc.constant({ stepPercent: 25, stepBakeTimeInMinutes: 1 }),
  }),
);
const breakers = fc.constantFrom(
  { enable: false, rollback: false },
  { enable: true, rollback: false },
  { enable: true, rollback: true },
);

/** What happens to a service; `which` chooses one of its tasks. */
export const happenings = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("scale"), count: fc.integer({ min: 0, max: 5 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("deploy"),
      family: fc.constantFrom("good", "good", "crashes", "never", "sick"),
      configuration: fc.option(strategies),
      breaker: breakers,
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("crash"), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("sicken"), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("stop"), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("protect"), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("stop deployment") }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("restart") }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("pass"),
      seconds: fc.constantFrom(1, 3, 10, 60, 600),
    }),
  },
);
export type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

/** Lets one thing happen. */
export async function happen(world: World, it: Happening): Promise<void> {
  const { tasks, rollout } = world;
  const one = "which" in it ? tasks[it.which % tasks.length] : undefined;
  if ("count" in it) update(world, { desiredCount: it.count });
  else if ("family" in it)
    update(world, {
      taskDefinition: it.family,
      forceNewDeployment: true,
      deploymentConfiguration: { ...it.configuration, deploymentCircuitBreaker: it.breaker },
    });
  else if ("seconds" in it) return world.pass(it.seconds * 1000);
  else if (it.does === "restart") return world.restart();
  else if (it.does === "stop deployment" && rollout)
    world.call("StopServiceDeployment", { serviceDeploymentArn: rollout.arn });
  else if (one) touch(world, it.does, one.arn);
  return world.pass(0);
}

function touch(world: World, does: string, task: string): void {
  if (does === "crash") world.machine.crash(task);
  if (does === "sicken") world.machine.health(task, "UNHEALTHY");
  if (does === "stop") world.call("StopTask", { cluster: "c", task });
  if (does === "protect")
    world.call("UpdateTaskProtection", {
      cluster: "c",
      tasks: [task],
      protectionEnabled: true,
      expiresInMinutes: 10,
    });
}

const update = (world: World, changes: object) =>
  world.call("UpdateService", { cluster: "c", service: "s", ...changes });

/**
 * A good revision is deployed, and time passes. What is not as it should be then: there have to be its tasks, all of them well, and
 * nothing else.
 */
export async function comesToRest(world: World): Promise<string[]> {
  const { desiredCount, deploymentConfiguration } = world.service!;
  // With as many as there are now, and no more, a rolling update could never go on.
  const bounds = { minimumHealthyPercent: 100, maximumPercent: 200 };
  update(world, {
    taskDefinition: "good",
    forceNewDeployment: true,
    ...(deploymentConfiguration.strategy === "ROLLING" && { deploymentConfiguration: bounds }),
  });
  const isDone = () =>
    world.rollout === undefined && world.tasks.length === desiredCount && world.tasks.every(isWell);
  for (let minute = 0; minute < LONGEST_MINUTES && !isDone(); minute += 1)
    await world.pass(MINUTE_MS);
  return leftOver(world, desiredCount);
}

function leftOver(world: World, desiredCount: number): string[] {
  const { service, tasks, rollout, machine, scope } = world;
  const faults: string[] = [];
  const look = (isFine: boolean, what: string) => isFine || faults.push(what);
  const states = service!.deployments.map(
    ({ status, rolloutState }) => `${status} ${rolloutState}`,
  );
  look(states.join() === "PRIMARY COMPLETED", `the deployments are ${states.join()}`);
  look(!rollout, `a deployment is ${rollout?.status} in ${rollout?.stage}`);
  const own = tasks.filter((it) => it.startedBy === service!.deployments[0]!.id && isWell(it));
  look(own.length === desiredCount, `${own.length} of ${desiredCount} tasks are well`);
  look(tasks.length === own.length, `${tasks.length - own.length} other tasks are left`);
  const runs = machine.running.toSorted().join();
  look(
    runs ===
      tasks
        .map(({ arn }) => arn)
        .toSorted()
        .join(),
    `what runs is ${runs}`,
  );
  const interfaces = scope.of(networkInterfaces).filter((it) => it.requesterId === "amazon-ecs");
  look(interfaces.length === desiredCount, `${interfaces.length} interfaces are left`);
  if (faults.length > 0) faults.push(...service!.events.slice(0, 5).map(({ message }) => message));
  return faults;
}

const isWell = ({ lastStatus, healthStatus, desiredStatus }: World["tasks"][number]): boolean =>
  lastStatus === "RUNNING" && healthStatus === "HEALTHY" && desiredStatus === "RUNNING";
