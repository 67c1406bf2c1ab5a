// Bundles canvas and form widgets into one ES module that shares NiceGUI's own Vue.
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = process.env.FLOWSTUDIO_STATIC || resolve(here, "../src/flowstudio/ui/static");

/** NiceGUI loads no CSS beside a module: the entry puts its own style sheet into the head, once. */
function styleInside() {
  return {
    name: "flowstudio-style-inside",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      let css = "";
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === "asset" && name.endsWith(".css")) {
          css += part.source;
          delete bundle[name];
        }
      }
      const entry = Object.values(bundle).find((part) => part.type === "chunk" && part.isEntry);
      if (css && entry) {
        entry.code =
          `{const s=document.createElement("style");s.dataset.flowstudio="widgets";s.textContent=${JSON.stringify(css)};` +
          `document.head.append(s)}\n${entry.code}`;
      }
    },
  };
}

export default defineConfig({
  root: here,
  plugins: [vue(), styleInside()],
  define: { "process.env.NODE_ENV": '"production"', __VUE_PROD_DEVTOOLS__: "false" },
  build: {
    outDir: resolve(target, "canvas"),
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    reportCompressedSize: false,
    lib: { entry: resolve(here, "src/index.js"), formats: ["es"], fileName: () => "index.js" },
    rollupOptions: { external: ["vue"] },
  },
});
