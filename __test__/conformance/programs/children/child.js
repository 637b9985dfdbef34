function child(x) { return x }
console.log(child(process.argv[2]), process.execArgv);
process.send?.({ child: child(1) });
if (process.argv[2] === "sleep") setInterval(() => {}, 1000); else process.disconnect?.();
