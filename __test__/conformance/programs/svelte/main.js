/** Components are compiled for the server and the browser, and the server's is run. */
"use strict";
const { compile } = require("svelte/compiler");

const source = `<script>let { items = [], title } = $props(); let total = $derived(items.reduce((a, b) => a + b.n, 0)); let open = $state(false);
const toggle = () => (open = !open);</script>
<h1 class:open onclick={toggle}>{title} {total}</h1>
{#each items as { n, ...rest }, at (n)}<p style:color={rest.color}>{at}: {n}</p>{:else}<i>none</i>{/each}
{#if total > 3}{@const twice = total * 2}<b>{twice}</b>{:else if total}<u/>{/if}
{#snippet row(x)}<td>{x}</td>{/snippet}{@render row(total)}
{#await Promise.resolve(1) then v}{v}{/await}
<style>h1 { color: red } .open :global(b) { margin: 0 }</style>`;
for (const generate of ["server", "client"]) {
  const { css, js, warnings } = compile(source, { filename: "App.svelte", generate, runes: true });
  console.log(js.code, css?.code, warnings.map(({ code }) => code));
}
for (const broken of ["{#if}", "<p>{a.}</p>", "<script>let x = ;</script>", "<b>"]) {
  try {
    compile(broken, { filename: "Broken.svelte" });
    console.log("fine");
  } catch (error) {
    console.log(error.code, error.message, error.start?.line);
  }
}
