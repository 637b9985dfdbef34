export const where = () => [import.meta.url.split("/").at(-1), import.meta.filename?.split("/").at(-1)];
export const stack = () => new Error("here").stack.split("\n").slice(0, 2).join("\n");
