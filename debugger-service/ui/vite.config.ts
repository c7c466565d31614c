import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { compression } from "./compression.ts";

const SERVICE = process.env.DEBUGGER_URL ?? "http://127.0.0.1:8003";
const BROWSERS = ["chrome123", "edge123", "firefox121", "safari17.5"];

export default defineConfig({
  base: "./",
  plugins: [react(), compression()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../debugger/ui",
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
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
