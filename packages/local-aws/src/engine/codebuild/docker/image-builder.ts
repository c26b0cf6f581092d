import type { RegistriesOptions } from "@workbook/registry-client";

interface Layout {
  /** Of the manifest. */
  readonly digest: string;
  readonly layoutDir: string;
}

/** What is asked of the module that builds images: the workbook's own, which knows Local AWS and not the other way round. */
export interface ImageBuilder {
  readonly BaseRegistries: new (options: RegistriesOptions) => object;
  buildImage(options: {
    readonly context: string;
    readonly dockerfile?: string;
    readonly target?: string;
    readonly buildArgs: Record<string, string>;
    readonly outputDir: string;
    readonly cacheDir?: string;
    readonly bases?: object;
    readonly onProgress: (event: BuildEvent) => void;
    readonly signal: AbortSignal;
  }): Promise<Layout>;
  pushImage(options: {
    readonly image: Layout;
    readonly registry: string;
    readonly repository: string;
    readonly tags: string[];
    readonly authorization?: string;
    readonly onProgress: (event: {
      readonly type: string;
      readonly digest: string;
      readonly size: number;
    }) => void;
    readonly signal: AbortSignal;
  }): Promise<{ readonly digest: string }>;
  pullImage(options: {
    readonly registry: string;
    readonly repository: string;
    readonly reference: string;
    readonly outputDir: string;
    readonly authorization?: string;
    readonly signal: AbortSignal;
  }): Promise<Layout>;
}

/** What a build tells of itself; of an instruction, when it is reached and when it is done. */
type BuildEvent =
  | {
      readonly type: "step";
      readonly stage: string;
      readonly step: number;
      readonly steps: number;
      readonly text: string;
    }
  | { readonly type: "step-done"; readonly cached: boolean; readonly ms: number }
  | { readonly type: "output" | "warning" | "base"; readonly text: string };

/** Brings the module; its path is known where the cloud was started with one. */
export const loadBuilder = async (file: string): Promise<ImageBuilder> =>
  (await import(file)) as ImageBuilder;
