import { defineService } from "../service.ts";
import { bucketSettingHandlers } from "./bucket-settings.ts";
import { bucketDeleteHandlers, bucketHandlers } from "./buckets.ts";
import { completeUploadHandlers } from "./complete-upload.ts";
import { listingHandlers } from "./listing.ts";
import { multipartAbortHandlers, multipartHandlers } from "./multipart.ts";
import { objectDeleteHandlers, objectTagHandlers } from "./object-deletes.ts";
import { objectReadHandlers, objectStreamHandlers } from "./object-reads.ts";
import { objectWriteHandlers } from "./object-writes.ts";
import { guarded } from "./refusals.ts";
import { uploadListingHandlers } from "./upload-listing.ts";
import { uploadPartHandlers } from "./upload-parts.ts";
import { versionListingHandlers } from "./version-listing.ts";
import { members } from "./members.ts";

/** Amazon S3. What touches files is among the streaming handlers: they open their transactions themselves. */
export const s3 = defineService({
  id: "s3",
  members,
  shown: [],
  handlers: guarded({
    ...bucketHandlers,
    ...bucketSettingHandlers,
    ...objectReadHandlers,
    ...objectTagHandlers,
    ...listingHandlers,
    ...versionListingHandlers,
    ...multipartHandlers,
    ...uploadListingHandlers,
  }),
  streaming: guarded({
    ...objectStreamHandlers,
    ...objectWriteHandlers,
    ...objectDeleteHandlers,
    ...multipartAbortHandlers,
    ...uploadPartHandlers,
    ...completeUploadHandlers,
    ...bucketDeleteHandlers,
  }),
});
