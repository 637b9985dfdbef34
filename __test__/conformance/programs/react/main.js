/** Components are rendered to text and to a stream. */
"use strict";
const React = require("react");
const { renderToPipeableStream, renderToStaticMarkup, renderToString } = require("react-dom/server");
const { Writable } = require("node:stream");

const h = React.createElement;
const Theme = React.createContext("light");
const Row = React.memo(function Row({ n }) {
  const theme = React.useContext(Theme);
  const squared = React.useMemo(() => n * n, [n]);
  return h("li", { className: theme, style: { marginTop: n }, "data-n": n }, squared, n % 2 ? h("b", null, "<odd>") : null);
});
class Boundary extends React.Component {
  state = { failed: false };
  static getDerivedStateFromError() { return { failed: true }; }
  render() { return this.state.failed ? "failed" : this.props.children; }
}
const later = new Promise((resolve) => setImmediate(() => resolve("later")));
const Later = () => h("p", null, React.use(later));
function App({ rows }) {
  const [state] = React.useState(() => ({ id: "s" }));
  const [count] = React.useReducer((n) => n + 1, 7);
  return h(Theme.Provider, { value: "dark" }, h("ul", { id: state.id }, Array.from({ length: rows }, (_, n) => h(Row, { key: n, n }))), count, h(Boundary, null, h("i")));
}
console.log(renderToString(h(App, { rows: 40 })), renderToStaticMarkup(h(React.Fragment, null, "a", [h("br", { key: 1 })])));
try {
  renderToString(h(() => { throw new Error("in render"); }));
} catch (error) {
  console.log(error.message);
}
let text = "";
const out = new Writable({ write: (part, _, done) => ((text += part), done()) });
const stream = renderToPipeableStream(h("div", null, h(React.Suspense, { fallback: "wait" }, h(Later)), h(App, { rows: 3 })), { onShellReady: () => stream.pipe(out) });
out.on("finish", () => console.log(text.replace(/<script>.*<\/script>/s, "")));
