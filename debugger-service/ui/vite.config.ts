import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { compression } from "./compression.ts";
import { early } from "./early.ts";

const SERVICE = process.env.DEBUGGER_URL ?? "http://127.0.0.1:8003";
const BROWSERS = ["chrome123", "edge123", "firefox121", "safari17.5"];
/** What a phone asks for costs it a way there and back each: few files of some size, not many small ones. */
const CHUNKS = [
  { name: "libraries", test: /node_modules/, tags: ["$initial" as const], priority: 3 },
  { name: "app", test: /src/, tags: ["$initial" as const], priority: 2 },
  { name: "parts", test: /src[\\/](api|components|hooks)[\\/](?!VirtualList)/, minShareCount: 3, priority: 1 },
];

export default defineConfig({
  base: "./",
  plugins: [react(), early(), compression()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../debugger/ui",
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
  server: {
    fs: { allow: ["..", "../../shared/shared/static"] },
    proxy: { "^/(projects|jobs|livez|perturbations|prediction-services|readyz|docs|openapi.json)": SERVICE },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    testTimeout: 30_000,
  },
});
