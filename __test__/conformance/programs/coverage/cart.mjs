const wait = async (value) => { await null; if (value) { return value; } throw new Error("no value"); };
console.log(await wait(1), await wait(0).catch((error) => error.message));
export default function unused() { return 1; }
