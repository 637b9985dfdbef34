/** The store that a project's configuration names. */

/** Its folder, where the environment names none; what reads configurations is loaded only then. */
export async function configuredStore(cwd: string): Promise<string | undefined> {
  if (process.env["BREADCRUMB_DIR"]) return undefined;
  const { loadConfig } = await import("../options/resolve-config");
  return loadConfig({ cwd, env: process.env }).values.store;
}
