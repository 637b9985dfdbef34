/** Modules whose own variables are read and replaced from outside: their text is changed before it is compiled. */
"use strict";
const rewire = require("rewire");
const places = ({ stack }) => [...stack.matchAll(/\((?:[^()]*\/)?(\w+\.js:\d+:\d+)\)/g)].map(([, place]) => place).filter((place) => /^(main|shop)/.test(place)).join(" < ");

const shop = rewire("./shop.js"), other = rewire("./shop.js");
console.log(shop.total([1, 2]), shop.__get__("rate"), shop.__get__("round").toString());
const back = shop.__set__({ rate: 10, round: (n) => `~${n}`, "log.level": 3 });
console.log(shop.total([1, 2]), other.total([1, 2]), shop.level(), shop.__get__("counter"));
back();
console.log(shop.total([1, 2]), shop.level(), other === shop, require("./shop.js").total([1]));
const revert = shop.__set__("fs", { readFileSync: () => "faked" });
console.log(shop.read(), shop.__with__({ rate: 5 })(() => shop.total([1])));
revert();
try { shop.__get__("missing"); } catch (error) { console.log(error.name, error.message); }
try { shop.fail(); } catch (error) { console.log(error.message, places(error)); }
shop.__with__({ rate: 7 })(async () => { await null; console.log("within", shop.total([1])); }).then(() => console.log("after", shop.total([1])));
console.log(shop.total.toString(), shop.Shop.toString().length, new shop.Shop().rate());
