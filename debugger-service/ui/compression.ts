import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(js|css|svg)$/;
/** Below this many bytes an answer fits one packet anyway. */
const LEAST_BYTES = 1024;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** Puts `name.br` and `name.gz` beside each asset once it is written, which the service sends to browsers that take them. */
export function compression(): Plugin {
  return {
    name: "compression",
    apply: "build",
    async writeBundle({ dir = "." }, bundle) {
      const large = Object.values(bundle).flatMap((file) => {
        const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
        const isTaken = COMPRESSIBLE.test(file.fileName) && source.length >= LEAST_BYTES;
        return isTaken ? [{ path: join(dir, file.fileName), source }] : [];
      });
      await Promise.all(large.map(({ path, source }) => compress(path, source)));
    },
  };
}

async function compress(path: string, source: Buffer): Promise<void> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${path}.br`, await brotli(source, { params }));
  await writeFile(`${path}.gz`, await gzipped(source, { level: 9 }));
}
