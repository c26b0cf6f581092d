/**
 * The anchor that VitePress gives a heading, before it is made unique on its page: the rule of @mdit-vue/shared.
 *
 * @param heading its text without Markdown's marks, e.g. `What you'll need`
 * @see https://github.com/mdit-vue/mdit-vue/tree/main/packages/shared
 */
export function toSiteSlug(heading: string): string {
  return heading
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036F]/g, "")
    .replaceAll(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, "-")
    .replaceAll(/-{2,}/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .replace(/^(\d)/, "_$1")
    .toLowerCase();
}
