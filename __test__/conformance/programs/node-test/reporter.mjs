import { basename } from "node:path";
export default async function* report(source) {
  for await (const { type, data: { name, file, line, column } } of source) {
    if (type === "test:pass" || type === "test:fail") yield `${type} ${name} ${basename(file ?? "")}:${line}:${column}\n`;
  }
}
