/** `npm run test:loom`: checks the hand-over of chunks in every order of its steps, with loom. */
import { execFileSync } from "node:child_process";
import { main, step } from "./step.mjs";

await main(async () => {
  const about = execFileSync("rustc", ["-vV"], { encoding: "utf8" });
  const host = /^host: (.+)$/m.exec(about)?.[1];
  // Where the target is named, build scripts are built without the flag.
  const target = host === undefined ? [] : ["--target", host];
  const command = ["cargo", "test", "-p", "breadcrumb-ring", "--lib", "--release", ...target];
  const env = { ...process.env, RUSTFLAGS: "--cfg loom" };
  await step("check the hand-over of chunks (loom)", command, { env });
});
