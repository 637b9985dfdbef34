/** Tells where each test stands, without how long it took. */
export default async function* reporter(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const cause = data.details.error?.cause ?? "";
    yield `${type} ${data.name} ${data.line}:${data.column} ${String(cause.message ?? cause)}\n`;
  }
}
