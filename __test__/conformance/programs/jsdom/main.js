/** A browser's document, with scripts and events. */
"use strict";
const { JSDOM, VirtualConsole } = require("jsdom");

const virtualConsole = new VirtualConsole();
virtualConsole.on("jsdomError", (error) => console.log("error:", error.message.split("\n")[0]));
virtualConsole.on("log", (...args) => console.log("page:", ...args));
const dom = new JSDOM(`<!doctype html><body><ul id=l></ul><button>b</button><script>
  const add = (text) => { const li = document.createElement("li"); li.textContent = text; document.getElementById("l").append(li); };
  for (let i = 0; i < 20; i++) add("item " + i);
  document.querySelector("button").addEventListener("click", (event) => { add(event.type + event.detail); event.stopPropagation(); });
  console.log(add.toString(), typeof add.name);
  customElements.define("x-a", class extends HTMLElement { connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = "<p>in</p>"; } });
  new MutationObserver((list) => console.log("mutations", list.length)).observe(document.body, { childList: true, subtree: true });
  undefinedFunction();
</script>`, { runScripts: "dangerously", virtualConsole });
const { document, CustomEvent, MouseEvent } = dom.window;
document.querySelector("button").dispatchEvent(new MouseEvent("click", { detail: 3, bubbles: true }));
document.body.insertAdjacentHTML("beforeend", "<x-a></x-a><p style='color: red; margin: 1px 2px'>t</p>");
document.addEventListener("own", ({ detail }) => console.log(detail));
document.dispatchEvent(new CustomEvent("own", { detail: { a: 1 } }));
console.log(document.querySelectorAll("li:nth-of-type(5n+1)").length, document.querySelector("p").style.marginLeft);
console.log(document.querySelector("x-a").shadowRoot.innerHTML, dom.serialize().length);
setTimeout(() => dom.window.close(), 5);
