/**
 * Checks that every relative link, image and included file in the Markdown of this repository leads somewhere, anchors
 * included. Addresses on the web are not followed: they need a network, and break without us.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { pageFile, pageIn, root } from "./site-pages.ts";
import { toSiteSlug } from "./site-slug.ts";

/** What chapters give an instructor: Markdown in strings, shown on a page of the site. */
const TEACHING = /^labs\/[^/]+\/teaching\.ts$/;

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** The lines of a page with code emptied (what stands in backticks too, if not kept), so that line numbers stay. */
function readProse(file: string, keepsWords = false): string[] {
  let fence: string | undefined;
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => {
      const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
      const wasOpen = fence !== undefined;
      if (mark && !fence) fence = mark;
      else if (mark && fence && mark.startsWith(fence)) fence = undefined;
      if (wasOpen || fence) return "";
      return keepsWords ? line.replaceAll("`", "") : line.replaceAll(/`[^`]*`/g, "");
    });
}

/** The anchors of a page: VitePress's way of naming headings on the site, GitHub's elsewhere, and `{#own-name}`. */
function readAnchors(file: string): Set<string> {
  const anchors = new Set<string>();
  const slug = isOfSite(file) ? toSiteSlug : toSlug;
  for (const line of readProse(file, true)) {
    for (const [, id] of line.matchAll(/<[^>]+\sid="([^"]+)"/g)) if (id) anchors.add(id);
    const heading = /^#{1,6}\s+(.*?)\s*$/.exec(line)?.[1];
    if (!heading) continue;
    const own = /\{#([^}]+)\}$/.exec(heading)?.[1];
    anchors.add(own ?? unusedName(slug(withoutLinks(heading)), anchors));
  }
  return anchors;
}

function withoutLinks(heading: string): string {
  return heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

function toSlug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

function unusedName(name: string, used: ReadonlySet<string>): string {
  let candidate = name;
  for (let count = 1; used.has(candidate); count++) candidate = `${name}-${count}`;
  return candidate;
}

function isOfSite(file: string): boolean {
  const path = relative(root, file);
  return pageIn(path) !== undefined || TEACHING.test(path);
}

/** The file that a link of a page means; undefined where there is none. */
function resolveTarget(page: string, path: string): string | undefined {
  if (path === "") return page;
  const isSite = isOfSite(page);
  const base = path.startsWith("/") && !isSite ? join(root, path) : join(dirname(page), path);
  const places = [base, `${base}.md`, base.replace(/\.html$/, ".md"), join(base, "index.md")];
  if (path.startsWith("/") && isSite) {
    const address = path.slice(1).replace(/\.(?:html|md)$/, "");
    const pages = [`${address}.md`, join(address, "index.md")].map(pageFile);
    places.splice(0, places.length, ...pages.map((file) => join(root, file)));
    places.push(join(root, "docs/public", path));
  }
  const found = places.filter((place) => existsSync(place));
  return found.find((place) => statSync(place).isFile()) ?? found[0];
}

function checkLink(page: string, link: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  const [path = "", anchor] = link.split("#", 2);
  const target = resolveTarget(page, decodeURIComponent(path));
  if (!target) return `${link}: there is no such file`;
  if (!anchor || !target.endsWith(".md")) return undefined;
  const known = readAnchors(target);
  return known.has(decodeURIComponent(anchor))
    ? undefined
    : `${link}: ${relative(root, target)} has no heading #${anchor}`;
}

/** VitePress's `<<< ./file.ts#region` and `<!--@include: ./file.md-->`; `@` is the root, as the site has it. */
function checkInclude(page: string, included: string): string | undefined {
  const [path = "", region] = included.split("#", 2);
  const file = path.startsWith("@") ? join(root, path.slice(1)) : join(dirname(page), path);
  if (!existsSync(file)) return `${included}: there is no such file`;
  if (!region || readFileSync(file, "utf8").includes(`#region ${region}`)) return undefined;
  return `${included}: ${relative(root, file)} has no region ${region}`;
}

function checkPage(page: string): Finding[] {
  const findings: Finding[] = [];
  for (const [index, line] of readProse(page).entries()) {
    const links = [
      ...line.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g),
      ...line.matchAll(/^\[[^\]]+\]:\s+(\S+)/g),
      ...line.matchAll(/<(?:a|img)\s[^>]*(?:href|src)="([^"]+)"/g),
    ].map(([, link]) => checkLink(page, link ?? ""));
    const includes = [
      ...line.matchAll(/^<<<\s+([^\s{[]+)/g),
      ...line.matchAll(/<!--\s*@include:\s*([^\s{]+?)\s*(?:\{[^}]*\})?-->/g),
    ].map(([, included]) => checkInclude(page, included ?? ""));
    for (const message of [...links, ...includes]) {
      if (message) findings.push({ file: relative(root, page), line: index + 1, message });
    }
  }
  return findings;
}

function listPages(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md", "*/teaching.ts"];
  const files = execFileSync("git", args, { cwd: root, encoding: "utf8" });
  const known = files.split("\n").map((file) => join(root, file));
  return known.filter(
    (file) => (file.endsWith(".md") || TEACHING.test(relative(root, file))) && existsSync(file),
  );
}

const pages = listPages();
const findings = pages.flatMap((page) => checkPage(page));
for (const { file, line, message } of findings) console.error(`${file}:${line} ${message}`);
console.log(`${pages.length} pages, ${findings.length} broken links`);
process.exitCode = findings.length === 0 ? 0 : 1;
