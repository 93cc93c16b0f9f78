// Bundles the sources into src/drawloom/{pictures,page}/assets and writes the digests that say they belong together.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const out = "../src/drawloom";
mkdirSync(`${out}/pictures/assets`, { recursive: true });
mkdirSync(`${out}/page/assets`, { recursive: true });
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
// What the Eclipse Public License asks of whoever passes the layout engine on, in every form: a page is sent to others, too.
const elk = `elkjs ${version("elkjs")}, Copyright (c) Kiel University and others, EPL-2.0; source: https://github.com/kieler/elkjs`;
const preact = `preact ${version("preact")}, Copyright (c) 2015-present Jason Miller, MIT; source: https://github.com/preactjs/preact`;
const banner = (...parts) => ({ js: `/*! Contains ${parts.join(". Contains ")}. */` });
const common = { bundle: true, minify: true, legalComments: "inline", charset: "ascii", logLevel: "warning", logOverride: { "direct-eval": "silent" } };
await build({ ...common, entryPoints: ["src/engine.ts"], outfile: `${out}/pictures/assets/engine.js`, banner: banner(elk), format: "iife", target: "es2020", platform: "browser" });
copyFileSync("node_modules/dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf", `${out}/pictures/assets/DejaVuSansMono.ttf`);
copyFileSync("node_modules/dejavu-fonts-ttf/LICENSE", `${out}/pictures/assets/DejaVu-LICENSE.txt`);
copyFileSync("node_modules/elkjs/LICENSE.md", `${out}/pictures/assets/ELK-LICENSE.txt`);
copyFileSync("node_modules/preact/LICENSE", `${out}/page/assets/preact-LICENSE.txt`);
const made = ["pictures/assets/ELK-LICENSE.txt", "page/assets/preact-LICENSE.txt", "pictures/assets/engine.js", "pictures/assets/DejaVuSansMono.ttf", "pictures/assets/DejaVu-LICENSE.txt"];
if (existsSync("src/app.tsx")) {
  await build({ ...common, entryPoints: ["src/app.tsx"], outfile: `${out}/page/assets/app.js`, banner: banner(elk, preact), format: "iife", target: "es2020", jsx: "automatic", jsxImportSource: "preact" });
  await build({ ...common, entryPoints: ["src/app.css"], outfile: `${out}/page/assets/app.css` });
  made.push("page/assets/app.js", "page/assets/app.css");
}
const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const sources = ["build.mjs", "package.json", "package-lock.json", ...readdirSync("src").sort().map((name) => `src/${name}`)];
const lines = [...sources.map((path) => `${digest(path)}  web/${path}`), ...made.map((name) => `${digest(`${out}/${name}`)}  src/drawloom/${name}`)];
writeFileSync("digests.txt", lines.join("\n") + "\n");
