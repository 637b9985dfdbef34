/** What a program can see of the modules that are loaded. */
"use strict";
const beside = (() => "a function, so that there is a call")();
console.log(beside, Object.keys(require.cache).length);
