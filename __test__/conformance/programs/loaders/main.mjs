// A loader of the program's own, on its own thread.
import { total } from "./price.mjs";
console.log(total([{ n: 2, p: 3 }]));
