// Needs: npm install @bytecodealliance/componentize-js
import { readFile, writeFile } from "node:fs/promises";
import { componentize } from "@bytecodealliance/componentize-js";

const { component } = await componentize(await readFile("hello.js", "utf8"), {
  witPath: "wit/generator.wit",
  worldName: "generator",
  disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"],
});
await writeFile("hello.wasm", component);
