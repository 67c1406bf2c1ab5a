// Makes the icon sprite and the font folder that the pages load: static/icons.svg and static/fonts/.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";

const here = fileURLToPath(new URL("..", import.meta.url));
const target = process.env.FLOWSTUDIO_STATIC || resolve(here, "../src/flowstudio/ui/static");
const modules = join(here, "node_modules");

const FONTS = [
  { package: "instrument-sans", family: "Instrument Sans Variable", axis: "wght", weight: "400 700", italic: false },
  { package: "newsreader", family: "Newsreader Variable", axis: "wght", weight: "200 800", italic: false },
  { package: "geist-mono", family: "Geist Mono Variable", axis: "wght", weight: "100 900", italic: false },
];
const RANGES = {
  latin:
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122," +
    "U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
  "latin-ext":
    "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F," +
    "U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
};

/** One symbol per name of icons.txt; an unknown name stops the build and says which. */
function sprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((line) => line.trim());
  const folder = join(modules, "@tabler/icons/icons/outline");
  const missing = [];
  const symbols = [];
  for (const name of [...new Set(names)].filter((each) => each && !each.startsWith("#")).sort()) {
    const file = join(folder, `${name}.svg`);
    if (!existsSync(file)) {
      missing.push(name);
      continue;
    }
    const drawing = readFileSync(file, "utf8")
      .replace(/<!--[\s\S]*?-->/g, "")
      .match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    const shapes = drawing.replace(/\s*\n\s*/g, "").trim();
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" style="stroke-width:var(--fs-stroke,1.75)" ` +
        `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`,
    );
  }
  if (missing.length) {
    console.error(`icons.txt names icons that Tabler does not have: ${missing.join(", ")}`);
    process.exit(1);
  }
  writeFileSync(join(target, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
  return symbols.length;
}

/** Latin and Latin Extended of each family, as woff2, with one style sheet. */
function fonts() {
  const folder = join(target, "fonts");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const faces = [];
  for (const font of FONTS) {
    for (const style of font.italic ? ["normal", "italic"] : ["normal"]) {
      for (const [subset, range] of Object.entries(RANGES)) {
        const file = `${font.package}-${subset}-${font.axis}-${style}.woff2`;
        copyFileSync(join(modules, "@fontsource-variable", font.package, "files", file), join(folder, file));
        faces.push(
          `@font-face{font-family:"${font.family}";font-style:${style};font-display:swap;font-weight:${font.weight};` +
            `src:url("${file}") format("woff2");unicode-range:${range}}`,
        );
      }
    }
    copyFileSync(join(modules, "@fontsource-variable", font.package, "LICENSE"), join(folder, `${font.package}-LICENSE.txt`));
  }
  writeFileSync(join(folder, "fonts.css"), `${faces.join("\n")}\n`);
  return faces.length;
}

mkdirSync(target, { recursive: true });
console.log(`${sprite()} icons and ${fonts()} font files in ${target}`);
