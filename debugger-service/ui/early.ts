import { createHash } from "node:crypto";
import type { Plugin, Rollup } from "vite";

/** A page's component is in a chunk of this name: `overview` is `OverviewPage`. */
const PAGE = /^([A-Z][a-z]*)Page$/;

/**
 * What the page in the address needs is known to a browser only once the application runs. A small script before it asks
 * for that at once: the page's files, and the project.
 */
const script = (files: Record<string, string[]>) => `{
  const [, project, page] = /^#\\/projects\\/([\\da-f-]{36})\\/([a-z]+)/.exec(location.hash) ?? [];
  const ask = (attributes) => document.head.append(Object.assign(document.createElement("link"), attributes));
  for (const href of ${JSON.stringify(files)}[page] ?? [])
    ask(href.endsWith(".css") ? { rel: "preload", as: "style", crossOrigin: "", href } : { rel: "modulepreload", href });
  if (project) ask({ rel: "preload", as: "fetch", crossOrigin: "", href: "projects/" + project });
}
`;

/** Puts that script into the page. */
export function early(): Plugin {
  return {
    name: "early",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") return;
      const html = String(page.source);
      const source = script(filesByPage(bundle, html));
      const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
      const fileName = `assets/early-${hash}.js`;
      this.emitFile({ type: "asset", fileName, source });
      page.source = html.replace("<script", `<script src="./${fileName}"></script>\n    <script`);
    },
  };
}

function filesByPage(bundle: Rollup.OutputBundle, html: string): Record<string, string[]> {
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
  const pages = chunks.flatMap(({ name, fileName, isDynamicEntry }) => {
    const page = PAGE.exec(name)?.[1]?.toLowerCase();
    if (!page || !isDynamicEntry) return [];
    const scripts = withImports(bundle, fileName);
    const files = [...scripts, ...scripts.flatMap((script) => stylesOf(bundle[script]))];
    return [[page, files.filter((file) => !html.includes(file)).map((file) => `./${file}`)] as const];
  });
  return Object.fromEntries(pages);
}

/** The chunk, and all that it imports statically. */
function withImports(bundle: Rollup.OutputBundle, fileName: string, found = new Set<string>()): string[] {
  const chunk = bundle[fileName];
  if (chunk?.type !== "chunk" || found.has(fileName)) return [];
  found.add(fileName);
  for (const each of chunk.imports) withImports(bundle, each, found);
  return [...found];
}

function stylesOf(file: Rollup.OutputAsset | Rollup.OutputChunk | undefined): string[] {
  return file?.type === "chunk" ? [...(file.viteMetadata?.importedCss ?? [])] : [];
}
