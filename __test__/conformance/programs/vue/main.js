/** Templates are compiled and rendered on the server; values are watched by proxies. */
"use strict";
const { computed, createSSRApp, effectScope, h, nextTick, reactive, ref, watch } = require("vue");
const { compile } = require("@vue/compiler-dom");
const { renderToString } = require("@vue/server-renderer");

const Row = { props: { n: Number }, setup: (props, { slots }) => () => h("li", { class: { odd: props.n % 2 } }, [props.n, slots.default?.()]) };
const app = createSSRApp({
  components: { Row },
  data: () => ({ rows: 15, title: "<t>", open: true }),
  computed: { twice() { return this.rows * 2; } },
  async serverPrefetch() { await null; this.rows += 1; },
  template: `<h1 :title="title" @click="open = !open">{{ title }} {{ twice }}</h1><Row v-for="n in rows" :key="n" :n="n"><b v-if="n % 3 === 0">!</b><i v-else-if="n > 8"/></Row><p v-show="!open" v-html="'<u>raw</u>'"/>`,
});
(async () => {
  console.log(await renderToString(app));
  console.log(compile("<div v-for='x in y' :key='x' @click.stop='f(x)'>{{ x | 1 }}<slot/></div>", { onError: ({ message }) => console.log(message) }).code);
  const state = reactive({ list: [1, 2], nested: { n: 1 }, map: new Map() });
  const total = computed(() => state.list.reduce((a, b) => a + b, 0) + state.nested.n);
  const log = [];
  const scope = effectScope();
  scope.run(() => watch(total, (now, before) => log.push([before, now])));
  state.list.push(3);
  await nextTick();
  state.nested = { n: 10 };
  state.map.set("a", ref(1));
  await nextTick();
  scope.stop();
  state.list.length = 0;
  await nextTick();
  console.log(log, total.value, state.map.get("a").value);
})();
