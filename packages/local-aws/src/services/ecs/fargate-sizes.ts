import { clientException } from "./faults.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

/** Memory (MiB) that goes with each CPU size: lowest, highest, step. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const MEMORY_OF_CPU: Readonly<Record<number, readonly [low: number, high: number, step: number]>> =
  {
    256: [512, 2048, 512],
    512: [1024, 4096, 1024],
    1024: [2048, 8192, 1024],
    2048: [4096, 16384, 1024],
    4096: [8192, 30720, 1024],
    8192: [16384, 61440, 4096],
    16384: [32768, 122880, 8192],
  };

/** The largest size goes with 60, 120 and 244 GB, and with nothing between them. */
const LARGEST = { cpu: 32_768, memory: [61_440, 122_880, 249_856] } as const;

/** Whether Fargate offers the pair. `cpu` in CPU units, `memory` in MiB. */
export function isFargateSize(cpu: number, memory: number): boolean {
  if (cpu === LARGEST.cpu) return LARGEST.memory.some((each) => each === memory);
  const range = MEMORY_OF_CPU[cpu];
  // 256 CPU units go with 0.5, 1 and 2 GB, and not with 1.5 GB.
  if (!range || (cpu === 256 && memory === 1536)) return false;
  const [low, high, step] = range;
  return memory >= low && memory <= high && memory % step === 0;
}

/** CPU units of `256` or `.25 vCPU`, as a string of digits. @throws AwsError `ClientException` */
export function toCpuUnits(given: string): string {
  const parts = /^\s*(\d*\.?\d+)\s*(vcpu)?\s*$/i.exec(given);
  const units = parts ? Number(parts[1]) * (parts[2] ? 1024 : 1) : Number.NaN;
  if (!Number.isInteger(units) || units < 128 || units > 196_608)
    throw clientException(DEFINITION_TEXTS.cpuInvalid());
  return String(units);
}

/** MiB of `512` or `0.5 GB`, as a string of digits. @throws AwsError `ClientException` */
export function toMebibytes(given: string): string {
  const parts = /^\s*(\d*\.?\d+)\s*(gb|mb)?\s*$/i.exec(given);
  const size = parts
    ? Number(parts[1]) * (parts[2]?.toLowerCase() === "gb" ? 1024 : 1)
    : Number.NaN;
  if (!Number.isInteger(size) || size < 4) throw clientException(DEFINITION_TEXTS.memoryInvalid());
  return String(size);
}
